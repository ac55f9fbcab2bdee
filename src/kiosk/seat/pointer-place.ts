/** Where the pointer is on the heads, and by how much its devices have moved it. */
import type { PointerMotion } from '../../input/index.js';
import type { Point } from '../geometry.js';
import type { SeatHost } from './host.js';
import type { Movement } from './relative-pointer.js';

export class PointerPlace {
  #at: Point;
  /** Where it would be, were it not held. */
  #device: Point;

  constructor(private readonly host: Pick<SeatHost, 'middle' | 'logicalAt' | 'nearest'>) {
    this.#at = this.#device = host.middle();
  }

  /** In logical pixels. */
  get at(): Point {
    return this.#at;
  }

  /** It goes where `held` lets it. By how much it was moved, whatever came of that. */
  move(event: PointerMotion, held: (to: Point) => Point): Movement {
    const from = this.#device;
    if (event.kind === 'motion') {
      const to = this.host.logicalAt(event, event.device);
      this.#device = to;
      this.#at = held(this.host.nearest(to));
      // Such a device has moved from one place to the next.
      const [dx, dy] = [to.x - from.x, to.y - from.y];
      return { dx, dy, dxUnaccelerated: dx, dyUnaccelerated: dy };
    }
    this.#device = this.#shifted(from, event);
    this.#at = held(this.#shifted(this.#at, event));
    return event;
  }

  warp(to: Point): void {
    this.#at = this.host.nearest(to);
  }

  #shifted({ x, y }: Point, { dx, dy }: Movement): Point {
    return this.host.nearest({ x: x + dx, y: y + dy });
  }
}
