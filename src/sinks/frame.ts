/** One picture on its way into a sink, and where the colours lie in its pixels. */
import { GuestheadError } from '../errors.js';
import { format, formatName } from '../ffi/index.js';

/** As it lies in memory. */
export interface PictureMemory {
  /** Pixels. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Its four-character code, as in drm_fourcc.h. */
  readonly format: number;
  /** Bytes from one row to the next. */
  readonly strideBytes: number;
  /** From the first byte of the first row. */
  readonly pixels: Uint8Array;
  /** The first row in memory is the lowest. */
  readonly isFlipped?: boolean | undefined;
}

/** The memory is read only until `Sink.write` has returned, also where that returns a promise. */
export interface SinkFrame extends PictureMemory {
  /** Which one it is, counted by who shows it; undefined where nobody does. */
  readonly sequence?: bigint | undefined;
}

/** Bytes of one pixel, and which of them are red, green and blue. */
export interface Channels {
  readonly bytes: number;
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

const channels = new Map<number, Channels>([
  ...[format.XRGB8888, format.ARGB8888].map((code) => [code, { bytes: 4, red: 2, green: 1, blue: 0 }] as const),
  ...[format.XBGR8888, format.ABGR8888].map((code) => [code, { bytes: 4, red: 0, green: 1, blue: 2 }] as const),
  ...[format.RGBX8888, format.RGBA8888].map((code) => [code, { bytes: 4, red: 3, green: 2, blue: 1 }] as const),
  ...[format.BGRX8888, format.BGRA8888].map((code) => [code, { bytes: 4, red: 1, green: 2, blue: 3 }] as const),
  [format.RGB888, { bytes: 3, red: 2, green: 1, blue: 0 }],
  [format.BGR888, { bytes: 3, red: 0, green: 1, blue: 2 }],
]);

/** Undefined for a format whose colours are not one byte each. */
export function channelsOf(code: number): Channels | undefined {
  return channels.get(code);
}

/** Red, green, blue: 3 bytes a pixel, tightly packed. Throws ERR_UNSUPPORTED. */
export function rgbOf(picture: PictureMemory): Uint8Array {
  const { width, height, strideBytes, pixels, isFlipped = false } = picture;
  const { bytes, red, green, blue } = readable(picture.format);
  const rgb = new Uint8Array(width * height * 3);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const start = (isFlipped ? height - 1 - y : y) * strideBytes;
    const end = start + width * bytes;
    for (let at = start; at < end; at += bytes) {
      rgb[to++] = pixels[at + red] ?? 0;
      rgb[to++] = pixels[at + green] ?? 0;
      rgb[to++] = pixels[at + blue] ?? 0;
    }
  }
  return rgb;
}

function readable(code: number): Channels {
  const found = channelsOf(code);
  if (found !== undefined) return found;
  throw new GuestheadError('ERR_UNSUPPORTED', `A picture of the format ${formatName(code)} cannot be read`, {
    advice: 'show XRGB8888, or another format with one byte a colour',
  });
}
