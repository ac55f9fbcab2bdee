/** The memory a pattern draws into. Written only, never read: a mapped buffer may be uncached. */
import { assertGiven, isObject, shown } from '../arguments.js';
import { GuestheadError } from '../errors.js';

/**
 * A mapped buffer to draw into: XRGB8888, one little-endian u32 `0x00RRGGBB` a pixel.
 * The caller owns the memory and brackets the drawing with CPU sync where the buffer needs it.
 */
export interface Picture {
  /** Pixels. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Pixels (u32 units) from one row to the next; may exceed `width`, and what lies between is never touched. */
  readonly stridePixels: number;
  readonly pixels: Uint32Array;
  /** Told each rectangle that is written, where the caller wants to know. */
  damaged?(x: number, y: number, width: number, height: number): void;
}

/** Pixels: below this the 48 cells of the bar code are no longer told apart. */
export const minimumWidth = 64;
/** Rows: below this there is no middle between the two bar codes. */
export const minimumHeight = 32;

// The X byte is 0, so that every colour is a small integer to V8 and passing one never allocates.
export const black = 0x000000;
export const white = 0xffffff;

/** Throws ERR_USAGE for a size below the minimum, or a buffer that cannot hold the picture. */
export function checkPicture(picture: Picture): void {
  assertGiven(isObject(picture), picture, 'picture to draw into', 'give { width, height, stridePixels, pixels }');
  const { width, height, stridePixels: stride, pixels } = picture;
  assertGiven((pixels as unknown) instanceof Uint32Array, pixels, 'Uint32Array of pixels');
  checkSize(width, height);
  if (!Number.isSafeInteger(stride) || stride < width) {
    throw new GuestheadError('ERR_USAGE', `A stride of ${shown(stride)} pixels is too short for ${width}`);
  }
  const needed = stride * (height - 1) + width;
  if (pixels.length < needed) {
    throw new GuestheadError('ERR_USAGE', `A buffer of ${pixels.length} pixels is not ${needed}`);
  }
}

/** Throws ERR_USAGE unless both are integers and at least the minimum. */
export function checkSize(width: number, height: number): void {
  const whole = Number.isSafeInteger(width) && Number.isSafeInteger(height);
  if (whole && width >= minimumWidth && height >= minimumHeight) return;
  throw new GuestheadError('ERR_USAGE', `A pattern cannot be drawn at ${shown(width)}x${shown(height)}`, {
    advice: `choose a mode of at least ${minimumWidth}x${minimumHeight}`,
  });
}

// Pixels: a call of TypedArray.fill costs as much as about this many stores, here and under TCG.
const shortRow = 16;

/**
 * Fills columns `left` up to `right` of rows `top` up to `bottom`, both ends exclusive.
 * Takes numbers, because a rectangle object would be garbage in every frame.
 */
export function fillRectangle(
  picture: Picture,
  left: number,
  right: number,
  top: number,
  bottom: number,
  colour: number,
): void {
  const { stridePixels: stride, pixels } = picture;
  const end = bottom * stride;
  const length = right - left;
  picture.damaged?.(left, top, length, bottom - top);
  for (let row = top * stride + left; row < end; row += stride) {
    if (length >= shortRow) pixels.fill(colour, row, row + length);
    else for (let at = row; at < row + length; at++) pixels[at] = colour;
  }
}
