/** A screenshot that the host made. */
import { GuestheadError } from '../errors.js';
import { checkSize } from './picture.js';

export interface Capture {
  /** Pixels. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Red, green, blue: 3 bytes a pixel, tightly packed, as in a binary PPM. */
  readonly rgb: Uint8Array;
}

/** Throws ERR_USAGE for a size that no pattern can have, or an `rgb` of another length. */
export function checkCapture({ width, height, rgb }: Capture): void {
  checkSize(width, height);
  const needed = width * height * 3;
  if (rgb.length === needed) return;
  throw new GuestheadError('ERR_USAGE', `A capture of ${rgb.length} bytes is not ${needed}`);
}

/** `0xRRGGBB` of a pixel, counted from the top left in reading order. */
export function colourAt({ rgb }: Capture, pixel: number): number {
  const at = pixel * 3;
  return ((rgb[at] ?? 0) << 16) | ((rgb[at + 1] ?? 0) << 8) | (rgb[at + 2] ?? 0);
}
