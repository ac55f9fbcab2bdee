/** From a head's logical pixels, in which clients are placed, to those of its mode. */
import type { Rectangle } from '../buffer/index.js';
import { boxThrough, inTurn, inverse, isSideways, scaling, turning, type Affine } from './affine.js';
import type { SceneNode } from './scene.js';
import { exact, type Size } from './surface-state.js';

export interface HeadGeometry {
  /** Pixels of the mode. */
  readonly width: number;
  readonly height: number;
  /** Pixels of the mode to one logical one. */
  readonly scale: number;
  /** How the display is turned, as wl_output.transform. */
  readonly transform: number;
}

export class Placement {
  /** The head as clients see it. */
  readonly logical: Size;
  readonly #toPixels: Affine;

  constructor(readonly geometry: HeadGeometry) {
    const { width, height, scale, transform } = geometry;
    const [across, down] = isSideways(transform) ? [height, width] : [width, height];
    this.logical = { width: Math.ceil(across / scale), height: Math.ceil(down / scale) };
    this.#toPixels = inTurn(scaling(scale / across, scale / down), turning(transform), scaling(width, height));
  }

  /** Whole pixels of the mode, which may lie outside of it. */
  boxOf({ x, y, view }: SceneNode): Rectangle {
    return this.pixels({ x, y, width: view.width, height: view.height });
  }

  pixels(box: Rectangle): Rectangle {
    const exactBox = boxThrough(this.#toPixels, box);
    const [left, top] = [Math.round(exactBox.x), Math.round(exactBox.y)];
    return {
      x: left,
      y: top,
      width: Math.round(exactBox.x + exactBox.width) - left,
      height: Math.round(exactBox.y + exactBox.height) - top,
    };
  }

  /** All pixels that a part of a surface may touch, those that a filter takes from it too. */
  touched({ x, y, view }: SceneNode, part: Rectangle): Rectangle {
    const { x: left, y: top, width, height } = boxThrough(this.#toPixels, { ...part, x: part.x + x, y: part.y + y });
    const margin = this.isPlain(view.toBuffer) ? 0 : 1;
    const [from, upper] = [Math.floor(left) - margin, Math.floor(top) - margin];
    return {
      x: from,
      y: upper,
      width: Math.ceil(left + width) + margin - from,
      height: Math.ceil(top + height) + margin - upper,
    };
  }

  /** From a pixel of the node's box on the head, whose corner is 0, 0, to its buffer's pixels. */
  toBuffer({ view }: SceneNode, { width, height }: Size): Affine {
    const unturned = inverse(turning(this.geometry.transform));
    return exact(inTurn(scaling(1 / width, 1 / height), unturned, scaling(view.width, view.height), view.toBuffer));
  }

  isPlain([a, b, c, d]: Affine): boolean {
    return this.geometry.transform === 0 && this.geometry.scale === 1 && a === 1 && b === 0 && c === 0 && d === 1;
  }
}
