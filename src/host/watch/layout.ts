/** A picture's place in memory, as QEMU tells it: checked, for what comes over a socket may be anything. */
import { GuestheadError } from '../../errors.js';
import { formatName } from '../../ffi/index.js';
import { channelsOf, type PictureMemory } from '../../sinks/index.js';

export interface Layout {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  /** A four-character code that `bytesOfPixel` takes. */
  readonly format: number;
}

/** Pixels each way: twice what virtio-gpu takes. */
const largest = 16_384;

/** Throws ERR_QEMU for a size or stride that no picture has. */
export function checkLayout({ width, height, stride, format }: Layout): void {
  const isSize = (pixels: number) => Number.isInteger(pixels) && pixels >= 1 && pixels <= largest;
  if (!isSize(width) || !isSize(height)) throw refused(`a picture of ${width}x${height}`);
  if (!Number.isInteger(stride) || stride < width * bytesOfPixel(format) || stride > 2 ** 31)
    throw refused(`a stride of ${stride} bytes for ${width} pixels`);
}

/** From the first pixel's byte to the last one's. */
export function bytesOf({ width, height, stride, format }: Layout): number {
  return stride * (height - 1) + width * bytesOfPixel(format);
}

/** The same, once the layout and the bytes that are there fit. */
export function checkBytes(layout: Layout, offset: number, bytes: number): number {
  checkLayout(layout);
  const needed = bytesOf(layout);
  if (offset + needed > bytes) throw refused(`${bytes} bytes for a picture of ${offset + needed}`);
  return needed;
}

/** Throws ERR_QEMU for a format that no sink reads. */
export function bytesOfPixel(format: number): number {
  return known(channelsOf(format), formatName(format)).bytes;
}

export function known<T>(format: T | undefined, code: string): T {
  if (format === undefined) throw refused(`the pixel format ${code}, which is not known here`);
  return format;
}

export function refused(what: string): GuestheadError {
  return new GuestheadError('ERR_QEMU', `QEMU's display tells of ${what}`);
}

/** As a sink takes it. */
export function pictureOf({ stride, ...picture }: Layout, pixels: Uint8Array, isFlipped = false): PictureMemory {
  return { ...picture, strideBytes: stride, pixels, isFlipped };
}
