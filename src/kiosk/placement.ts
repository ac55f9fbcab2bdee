/** From a head's logical pixels, in which clients are placed, to those of its mode. */
import type { Rectangle } from '../buffer/index.js';
import { boxThrough, inTurn, inverse, isSideways, pointThrough, scaling, turning, type Affine } from './affine.js';
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
  /** A logical pixel is one of the mode's, where it is. */
  readonly #isPlain: boolean;

  constructor(readonly geometry: HeadGeometry) {
    const { width, height, scale, transform } = geometry;
    const [across, down] = isSideways(transform) ? [height, width] : [width, height];
    this.logical = { width: logicalSide(across, scale), height: logicalSide(down, scale) };
    this.#toPixels = inTurn(
      scaling(1 / this.logical.width, 1 / this.logical.height),
      turning(transform),
      scaling(width, height),
    );
    this.#isPlain = scale === 1 && transform === 0;
  }

  /** From a place on the display as it is built, 0 to 1 of each side, to logical pixels: as touchscreens tell it. */
  logicalAt(x: number, y: number): readonly [x: number, y: number] {
    const { width, height } = this.geometry;
    return pointThrough(inverse(this.#toPixels), x * width, y * height);
  }

  /** Whole pixels of the mode, which may lie outside of it. */
  boxOf({ x, y, view }: SceneNode): Rectangle {
    return this.pixels({ x, y, width: view.width, height: view.height });
  }

  pixels(box: Rectangle): Rectangle {
    if (this.#isPlain && isWhole(box)) return box;
    const exactBox = this.#through(box);
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
    const {
      x: left,
      y: top,
      width,
      height,
    } = this.#through({
      x: part.x + x,
      y: part.y + y,
      width: part.width,
      height: part.height,
    });
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
    if (this.#isPlain && view.width === width && view.height === height) return view.toBuffer;
    const unturned = inverse(turning(this.geometry.transform));
    return exact(inTurn(scaling(1 / width, 1 / height), unturned, scaling(view.width, view.height), view.toBuffer));
  }

  isPlain([a, b, c, d]: Affine): boolean {
    return this.#isPlain && a === 1 && b === 0 && c === 0 && d === 1;
  }

  #through(box: Rectangle): Rectangle {
    return this.#isPlain ? box : boxThrough(this.#toPixels, box);
  }
}

function isWhole({ x, y, width, height }: Rectangle): boolean {
  return Number.isInteger(x) && Number.isInteger(y) && Number.isInteger(width) && Number.isInteger(height);
}

/** Where there is one, the length that a client makes all of the head's pixels of: it rounds. */
function logicalSide(pixels: number, scale: number): number {
  const nearest = Math.round(pixels / scale);
  const fits = (length: number) => Math.round(length * scale) === pixels;
  return [nearest, nearest - 1, nearest + 1].find(fits) ?? nearest;
}
