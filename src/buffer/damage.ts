/** The changed rectangles of one frame, in a list of fixed length. */

import { assertGiven } from '../arguments.js';

/** Pixels of the picture. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Throws ERR_USAGE; a rectangle may lie outside of the picture, wholly or in part. */
export function checkRectangle(x: number, y: number, width: number, height: number): void {
  assertGiven(Number.isSafeInteger(x), x, 'left edge of a rectangle', wholePixels);
  assertGiven(Number.isSafeInteger(y), y, 'upper edge of a rectangle', wholePixels);
  assertGiven(Number.isSafeInteger(width) && width >= 0, width, 'width of a rectangle', wholePixels);
  assertGiven(Number.isSafeInteger(height) && height >= 0, height, 'height of a rectangle', wholePixels);
}

const wholePixels = 'give damaged(x, y, width, height) in whole pixels';

/** x, y, width, height, as the addon takes them. */
const numbersEach = 4;
const capacity = 128;

export class Damage {
  readonly rectangles = new Uint32Array(capacity * numbersEach);
  #count = 0;
  #overflowed = false;

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {}

  /** 1 or more: nothing said, or too much, means the whole picture. */
  get count(): number {
    if (this.#count > 0 && !this.#overflowed) return this.#count;
    this.#set(0, 0, 0, this.width, this.height);
    return 1;
  }

  /** The part inside the picture is kept. */
  add(x: number, y: number, width: number, height: number): void {
    const left = clamp(x, this.width);
    const top = clamp(y, this.height);
    if (this.#count === capacity) this.#overflowed = true;
    else this.#set(this.#count++, left, top, clamp(x + width, this.width) - left, clamp(y + height, this.height) - top);
  }

  clear(): void {
    this.#count = 0;
    this.#overflowed = false;
  }

  #set(index: number, x: number, y: number, width: number, height: number): void {
    const at = index * numbersEach;
    this.rectangles[at] = x;
    this.rectangles[at + 1] = y;
    this.rectangles[at + 2] = width;
    this.rectangles[at + 3] = height;
  }
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}
