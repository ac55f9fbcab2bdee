/** How a producer's picture lies in its memory. */
import { assertGiven, isObject } from '../../arguments.js';
import { paddedSize } from '../../buffer/index.js';
import { GuestheadError } from '../../errors.js';
import { format, formatName, LINEAR } from '../../ffi/index.js';
import type { Layout } from '../protocol/messages.js';

export interface PictureOptions {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** A four-character code; XRGB8888 unless given, and then with `strideBytes` unless a pixel has 4 bytes as that has. */
  readonly format?: number | undefined;
  /** From one row to the next; by default a row that every GPU imports. */
  readonly strideBytes?: number | undefined;
}

/** Pixels of a side; what a consumer's GPU takes is its own to say. */
const mostPixels = 16_384;
const bytesPerPixel = 4;
const pageBytes = 4096;
/** The addon maps no more at once. */
const mostBytes = 2 ** 32 - pageBytes;

/** `size`: whole pages. Throws ERR_USAGE. */
export function layoutOf(options: PictureOptions): Layout {
  assertGiven(isObject(options), options, 'picture', 'give { width, height }');
  const { width, height, format: fourcc = format.XRGB8888 } = options;
  for (const side of [width, height])
    assertGiven(isWithin(side, 1, mostPixels), side, 'side of a picture', `choose 1 to ${mostPixels} pixels`);
  assertGiven(isWithin(fourcc, 1, 2 ** 32 - 1), fourcc, 'four-character code', 'leave `format` out for XRGB8888');
  const padded = paddedSize({ width, height });
  const stride = strideOf(options, fourcc, padded.width);
  const size = Math.ceil((stride * padded.height) / pageBytes) * pageBytes;
  assertGiven(size <= mostBytes, size, 'size of a buffer', `choose at most ${mostBytes} bytes`);
  return { width, height, format: fourcc, modifier: LINEAR, offset: 0, stride, size: BigInt(size) };
}

function strideOf({ width, strideBytes }: PictureOptions, fourcc: number, paddedWidth: number): number {
  const known = fourPerPixel.includes(fourcc);
  if (strideBytes === undefined && known) return paddedWidth * bytesPerPixel;
  if (strideBytes === undefined)
    throw new GuestheadError('ERR_USAGE', `How long a row of ${formatName(fourcc)} is, is not known`, {
      advice: 'give `strideBytes`',
    });
  const least = known ? width * bytesPerPixel : 1;
  assertGiven(isWithin(strideBytes, least, mostBytes), strideBytes, 'stride', `choose ${least} bytes or more`);
  return strideBytes;
}

const fourPerPixel: readonly number[] = [format.XRGB8888, format.ARGB8888, format.XBGR8888, format.ABGR8888];

function isWithin(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
