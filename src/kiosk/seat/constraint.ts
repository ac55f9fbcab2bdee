/** One client's wish that the pointer stay in its surface: at its place (a lock), or within a region (a confinement). */
import type { Region } from '../region.js';
import type { Surface } from '../surface.js';
import { confined } from './confine.js';
import type { Hit } from './host.js';
import type { Point } from '../geometry.js';

/** What the two kinds do not share. */
export interface ConstraintKind {
  /** The pointer stays where it is, also where the region is another. */
  readonly locks: boolean;
  activated(): void;
  deactivated(): void;
}

export class Constraint {
  /** Of a lock: where the client draws a pointer of its own, which is where the pointer is to be afterwards. */
  hint: Point | undefined;
  #isActive = false;

  constructor(
    readonly surface: Surface,
    private readonly kind: ConstraintKind,
    /** In the surface's pixels; undefined: all of it. */
    public region: Region | undefined,
    /** It may be activated again. */
    readonly persists: boolean,
  ) {}

  get isActive(): boolean {
    return this.#isActive;
  }

  set isActive(isActive: boolean) {
    if (this.#isActive === isActive) return;
    this.#isActive = isActive;
    if (isActive) this.kind.activated();
    else this.kind.deactivated();
  }

  beginsAt(at: Point): boolean {
    return this.#has(at);
  }

  /** Whether a place is one of its surface's. */
  isOn({ x, y }: Point): boolean {
    const { view } = this.surface;
    return view !== undefined && x >= 0 && y >= 0 && x < view.width && y < view.height;
  }

  holds({ surface, ...at }: Hit): boolean {
    return surface === this.surface && (this.kind.locks || this.#has(at));
  }

  /** Where the pointer goes that is to go somewhere; in the surface's pixels. */
  held(from: Point, to: Point): Point {
    return this.kind.locks ? from : confined(from, to, (at) => this.#has(at));
  }

  #has(at: Point): boolean {
    const { input } = this.surface.current;
    return this.isOn(at) && [input, this.region].every((region) => region?.has(at.x, at.y) ?? true);
  }
}
