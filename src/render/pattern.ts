/** What a pattern is. */
import { shown } from '../arguments.js';
import { GuestheadError } from '../errors.js';
import { checkPicture, type Picture } from './picture.js';

export const patternNames = ['bars', 'counter', 'none'] as const;
export type PatternName = (typeof patternNames)[number];

/** Holds no state of a picture: one pattern may draw into any number of buffers of any sizes. */
export interface Pattern {
  readonly name: PatternName;
  /**
   * Draws frame `frame` (0, 1, 2 …, an integer that wraps modulo 2^32 in the bar code) into a
   * picture that last held frame `frame - age` of this pattern; age 0 = contents unknown, draw
   * all. Writes only pixels that change, and allocates nothing.
   *
   * Throws ERR_USAGE, before anything is written, for a picture below 64×32, a buffer or
   * stride too small for it, or a frame or age that is not a non-negative integer.
   */
  draw(picture: Picture, frame: number, age: number): void;
}

/** What `Pattern.draw` throws. */
export function checkDraw(picture: Picture, frame: number, age: number): void {
  checkPicture(picture);
  if (Number.isSafeInteger(frame) && frame >= 0 && Number.isSafeInteger(age) && age >= 0) return;
  throw new GuestheadError('ERR_USAGE', `Frame ${shown(frame)} of age ${shown(age)} cannot be drawn`, {
    advice: 'both are integers from 0',
  });
}
