/** wl_region: what a client adds up and takes away, asked point by point. */
import type { Rectangle } from '../buffer/index.js';
import type { Resource } from '../wayland/index.js';

interface Step extends Rectangle {
  readonly adds: boolean;
}

/** A client that needs more than this of one region is told that it asked for too much. */
const mostSteps = 4096;

/** The last step that has a point in it decides about the point: no rectangles are cut up. */
export class Region {
  constructor(private readonly steps: readonly Step[]) {}

  has(x: number, y: number): boolean {
    return this.steps.findLast((step) => isInside(step, x, y))?.adds ?? false;
  }

  /** Whether one step has all of a box, and none after it takes any of it away. False where it takes several to do so. */
  covers(box: Rectangle): boolean {
    const last = this.steps.findLast((step) => meet(step, box));
    return last !== undefined && last.adds && holds(last, box);
  }
}

function isInside(box: Rectangle, x: number, y: number): boolean {
  return x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height;
}

function meet(one: Rectangle, other: Rectangle): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function holds(outer: Rectangle, inner: Rectangle): boolean {
  return (
    isInside(outer, inner.x, inner.y) &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height
  );
}

const regions = new WeakMap<Resource<'wl_region'>, Step[]>();

export function implementRegion(resource: Resource<'wl_region'>): void {
  const steps: Step[] = [];
  const step = (adds: boolean) => (x: number, y: number, width: number, height: number) => {
    if (steps.length >= mostSteps) resource.client.refuseMore();
    else if (width > 0 && height > 0) steps.push({ adds, x, y, width, height });
  };
  regions.set(resource, steps);
  resource.implement({ destroy: () => undefined, add: step(true), subtract: step(false) });
}

/** As it is now: a surface takes a copy. Undefined for none. */
export function regionOf(resource: Resource<'wl_region'> | null): Region | undefined {
  const steps = resource === null ? undefined : regions.get(resource);
  return steps === undefined ? undefined : new Region([...steps]);
}
