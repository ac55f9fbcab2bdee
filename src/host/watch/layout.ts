/** A picture's place in memory, as QEMU tells it: checked, for what comes over a socket may be anything. */
import { GuestheadError } from '../../errors.js';
import type { Capture } from '../../render/index.js';
import type { PixelFormat } from './pixel-format.js';

export interface Layout {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  readonly format: PixelFormat;
}

/** Pixels each way: twice what virtio-gpu takes. */
const largest = 16_384;

/** Throws ERR_QEMU for a size or stride that no picture has. */
export function checkLayout({ width, height, stride, format }: Layout): void {
  const isSize = (pixels: number) => Number.isInteger(pixels) && pixels >= 1 && pixels <= largest;
  if (!isSize(width) || !isSize(height)) throw refused(`a picture of ${width}x${height}`);
  if (!Number.isInteger(stride) || stride < width * format.bytes || stride > 2 ** 31)
    throw refused(`a stride of ${stride} bytes for ${width} pixels`);
}

/** From the first pixel's byte to the last one's. */
export function bytesOf({ width, height, stride, format }: Layout): number {
  return stride * (height - 1) + width * format.bytes;
}

/** The same, once the layout and the bytes that are there fit. */
export function checkBytes(layout: Layout, offset: number, bytes: number): number {
  checkLayout(layout);
  const needed = bytesOf(layout);
  if (offset + needed > bytes) throw refused(`${bytes} bytes for a picture of ${offset + needed}`);
  return needed;
}

export function known<T>(format: T | undefined, code: string): T {
  if (format === undefined) throw refused(`the pixel format ${code}, which is not known here`);
  return format;
}

export function refused(what: string): GuestheadError {
  return new GuestheadError('ERR_QEMU', `QEMU's display tells of ${what}`);
}

/** A copy, tightly packed; `isFlipped`: the first row in memory is the lowest. */
export function captureOf(layout: Layout, pixels: Uint8Array, isFlipped = false): Capture {
  const { width, height, stride, format } = layout;
  const { bytes, red, green, blue } = format;
  const rgb = new Uint8Array(width * height * 3);
  let to = 0;
  for (let row = 0; row < height; row++) {
    const start = (isFlipped ? height - 1 - row : row) * stride;
    for (let from = start; from < start + width * bytes; from += bytes, to += 3) {
      rgb[to] = pixels[from + red] ?? 0;
      rgb[to + 1] = pixels[from + green] ?? 0;
      rgb[to + 2] = pixels[from + blue] ?? 0;
    }
  }
  return { width, height, rgb };
}
