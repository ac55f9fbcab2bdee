/** One picture on its way into a sink, and where the colours lie in its pixels. */
import { GuestheadError } from '../errors.js';
import { format, formatName } from '../ffi/index.js';

/** As it lies in memory; the memory is read only until `Sink.write` has returned, also where that returns a promise. */
export interface SinkFrame {
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
  /** Which one it is, counted by who shows it. */
  readonly sequence: bigint;
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

/** Throws ERR_UNSUPPORTED for a format whose colours are not one byte each. */
export function channelsOf(frame: SinkFrame): Channels {
  const found = channels.get(frame.format);
  if (found !== undefined) return found;
  throw new GuestheadError('ERR_UNSUPPORTED', `A picture of the format ${formatName(frame.format)} cannot be read`, {
    advice: 'show XRGB8888, or another format with one byte a colour',
  });
}

/** Red, green, blue: 3 bytes a pixel, tightly packed. Throws ERR_UNSUPPORTED. */
export function rgbOf(frame: SinkFrame): Uint8Array {
  const { width, height, strideBytes, pixels } = frame;
  const { bytes, red, green, blue } = channelsOf(frame);
  const rgb = new Uint8Array(width * height * 3);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const end = y * strideBytes + width * bytes;
    for (let at = y * strideBytes; at < end; at += bytes) {
      rgb[to++] = pixels[at + red] ?? 0;
      rgb[to++] = pixels[at + green] ?? 0;
      rgb[to++] = pixels[at + blue] ?? 0;
    }
  }
  return rgb;
}
