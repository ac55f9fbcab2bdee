/** Judges a host's screenshot of the `counter` pattern, knowing nothing of the run. */
import { codeHeight } from './bar-code.js';
import { checkCapture, colourAt, type Capture } from './capture.js';
import { readCode } from './code-reader.js';
import { counterBar, createCounter } from './counter.js';
import { white } from './picture.js';

/** Where a capture first differs, in reading order; colours are `0xRRGGBB`. */
export interface PixelDifference {
  readonly x: number;
  readonly y: number;
  readonly expected: number;
  readonly actual: number;
}

export interface CaptureVerdict {
  /** The frame number, modulo 2^32, of the top code, or else of the bottom one; undefined where neither is readable. */
  readonly frame: number | undefined;
  /**
   * The capture shows more than one frame: the two codes differ, only one of them is readable,
   * or a row of the middle or of a code belongs to another frame. Without any readable code
   * this is false, since then nothing shows that it is the counter pattern at all.
   */
  readonly torn: boolean;
  /** Every pixel is what frame `frame` should show. */
  readonly exact: boolean;
  /** Undefined where exact, and where no code is readable. */
  readonly firstDifference: PixelDifference | undefined;
  /** What is wrong where that is no pixel's difference, for people. */
  readonly fault?: string | undefined;
}

/** Throws ERR_USAGE for a capture below 64×32, or whose `rgb` does not fit its size. */
export function judgeCapture(capture: Capture): CaptureVerdict {
  checkCapture(capture);
  const top = readCode(capture, 'top');
  const bottom = readCode(capture, 'bottom');
  const frame = top.frame ?? bottom.frame;
  if (frame === undefined) return { frame, torn: false, exact: false, firstDifference: undefined };
  const firstDifference = findDifference(capture, frame);
  const exact = firstDifference === undefined;
  const torn = top.mixed || bottom.mixed || top.frame !== bottom.frame || (!exact && isMiddleTorn(capture, frame));
  return { frame, torn, exact, firstDifference };
}

function findDifference(capture: Capture, frame: number): PixelDifference | undefined {
  const { width, height } = capture;
  const pixels = new Uint32Array(width * height);
  createCounter().draw({ width, height, stridePixels: width, pixels }, frame, 0);
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    const expected = pixels[pixel] ?? 0;
    const actual = colourAt(capture, pixel);
    if (actual !== expected) return { x: pixel % width, y: Math.floor(pixel / width), expected, actual };
  }
  return undefined;
}

/** Whether a row between the codes has its bar at another frame's place instead of this frame's. */
function isMiddleTorn(capture: Capture, frame: number): boolean {
  const { width, height } = capture;
  const top = codeHeight(height);
  const column = counterBar.columnIn(width, frame);
  for (let y = top; y < height - top; y++) {
    if (!isBarAt(capture, column, y) && isBarAnywhere(capture, y)) return true;
  }
  return false;
}

function isBarAnywhere(capture: Capture, y: number): boolean {
  for (let place = 0; place < counterBar.placesIn(capture.width); place++) {
    if (isBarAt(capture, counterBar.columnIn(capture.width, place), y)) return true;
  }
  return false;
}

function isBarAt(capture: Capture, column: number, y: number): boolean {
  const start = y * capture.width + column;
  for (let pixel = start; pixel < start + counterBar.widthIn(capture.width); pixel++) {
    if (colourAt(capture, pixel) !== white) return false;
  }
  return true;
}
