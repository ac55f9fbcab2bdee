/** A surface that is a pointer's picture. */
import type { Role, Surface } from '../surface.js';
import { shrunk, type CursorImage } from './cursor-image.js';

export class CursorSurface implements Role {
  readonly name = 'wl_pointer.set_cursor';
  hotX = 0;
  hotY = 0;

  constructor(
    readonly surface: Surface,
    private readonly changed: (cursor: CursorSurface) => void,
  ) {}

  /** Undefined where it shows nothing. */
  image(): CursorImage | undefined {
    const { content, scale } = this.surface.current;
    const pixels = content?.pixels();
    if (content === undefined || pixels === undefined) return undefined;
    const { width, height } = content;
    // The hotspot is the surface's own, the pixels are its buffer's.
    return shrunk({ pixels, width, height, hotX: this.hotX * scale, hotY: this.hotY * scale }, 1 / scale);
  }

  precommit(): void {
    // Whatever it shows is a picture.
  }

  committed(): void {
    this.changed(this);
  }

  surfaceGone(): void {
    this.changed(this);
  }
}
