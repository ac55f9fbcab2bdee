/** The surface that goes with a drag. */
import type { Role, Surface } from '../../surface.js';
import type { Point } from '../../geometry.js';

export class DragIcon implements Role {
  readonly name = 'wl_data_device.start_drag';
  #at: Point | undefined;

  constructor(
    readonly surface: Surface,
    private readonly changed: (() => void) | undefined,
  ) {}

  /** Where its upper left corner is, in the head's logical pixels; undefined: it is not to be seen. */
  get at(): Point | undefined {
    return this.#at;
  }

  move(at: Point): void {
    this.#at = at;
    this.changed?.();
  }

  /** Idempotent. */
  end(): void {
    this.#at = undefined;
    this.changed?.();
  }

  precommit(): void {
    // Whatever it shows is a picture.
  }

  committed(): void {
    this.changed?.();
  }

  surfaceGone(): void {
    this.end();
  }
}
