/** A surface that is a pointer's picture. */
import { inTurn, scaling } from '../affine.js';
import type { Offset } from '../commit.js';
import { drawnAlone } from '../painter.js';
import type { Role, Surface } from '../surface.js';
import type { CursorImage } from './cursor-image.js';
import type { Point } from '../geometry.js';

/** A larger one is drawn smaller: no hardware has so much. Pixels. */
const most = 256;

export class CursorSurface implements Role {
  readonly name = 'wl_pointer.set_cursor';
  /** In the surface's own pixels. */
  hotspot: Point = { x: 0, y: 0 };

  constructor(
    readonly surface: Surface,
    private readonly changed: (cursor: CursorSurface) => void,
  ) {}

  /** With so many pixels of the head to one of the surface's; undefined where it shows nothing. */
  image(scale: number): CursorImage | undefined {
    const { view, current } = this.surface;
    if (view === undefined || current.content === undefined) return undefined;
    const factor = Math.min(scale, most / Math.max(view.width, view.height));
    const [width, height] = [view.width, view.height].map((length) => Math.max(1, Math.round(length * factor)));
    if (width === undefined || height === undefined) return undefined;
    const map = inTurn(scaling(view.width / width, view.height / height), view.toBuffer);
    const pixels = drawnAlone(current.content, { width, height }, map);
    const { x, y } = this.hotspot;
    return pixels && { pixels, width, height, hotX: Math.floor(x * factor), hotY: Math.floor(y * factor) };
  }

  precommit(): void {
    // Whatever it shows is a picture.
  }

  /** A picture that is moved keeps what points where it is. */
  committed({ x, y }: Offset): void {
    this.hotspot = { x: this.hotspot.x - x, y: this.hotspot.y - y };
    this.changed(this);
  }

  surfaceGone(): void {
    this.changed(this);
  }
}

export const isCursor = ({ role }: Surface): boolean => role instanceof CursorSurface;
