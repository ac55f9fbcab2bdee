/** wl_region: what a client adds up and takes away, asked point by point. */
import type { Resource } from '../wayland/index.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Step extends Box {
  readonly adds: boolean;
}

/** The last step that has a point in it decides about the point: no rectangles are cut up. */
export class Region {
  constructor(private readonly steps: readonly Step[] = []) {}

  with(step: Step): Region {
    return new Region([...this.steps, step]);
  }

  has(x: number, y: number): boolean {
    return this.steps.findLast((step) => isInside(step, x, y))?.adds ?? false;
  }
}

function isInside(box: Box, x: number, y: number): boolean {
  return x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height;
}

const regions = new WeakMap<Resource<'wl_region'>, { region: Region }>();

export function implementRegion(resource: Resource<'wl_region'>): void {
  const held = { region: new Region() };
  const step = (adds: boolean) => (x: number, y: number, width: number, height: number) => {
    held.region = held.region.with({ adds, x, y, width, height });
  };
  regions.set(resource, held);
  resource.implement({ destroy: () => undefined, add: step(true), subtract: step(false) });
}

/** As it is now: a surface takes a copy. Undefined for none. */
export function regionOf(resource: Resource<'wl_region'> | null): Region | undefined {
  return resource === null ? undefined : regions.get(resource)?.region;
}
