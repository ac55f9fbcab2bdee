/** Whether what a guest says of a buffer can be: its pixels lie inside of its memory. */
import { format, formatName, LINEAR } from '../../ffi/index.js';
import type { Layout } from '../protocol/messages.js';

const pageBytes = 4096n;
/** Pixels a side: no display and no encoder takes more. */
const longestSide = 16_384;

/** Bytes of a pixel; formats with one plane. */
const pixelBytes = new Map<number, number>([
  ...[format.XRGB8888, format.ARGB8888, format.XBGR8888, format.ABGR8888].map((code) => [code, 4] as const),
  ...[format.RGBX8888, format.RGBA8888, format.BGRX8888, format.BGRA8888].map((code) => [code, 4] as const),
  ...[format.XRGB2101010, format.ARGB2101010, format.XBGR2101010, format.ABGR2101010].map((code) => [code, 4] as const),
  ...[format.RGB888, format.BGR888].map((code) => [code, 3] as const),
  ...[format.RGB565, format.BGR565, format.XRGB1555, format.ARGB1555, format.GR88].map((code) => [code, 2] as const),
  [format.R8, 1],
]);

/** Why it cannot be shown, in one line; undefined where it can. */
export function faultOfLayout(layout: Layout): string | undefined {
  const { width, height, stride, offset, modifier, size } = layout;
  const bytes = pixelBytes.get(layout.format);
  if (bytes === undefined) return `its format, ${formatName(layout.format)}, is not known here`;
  if (modifier !== LINEAR) return `its modifier is 0x${modifier.toString(16)}: only linear buffers travel`;
  if (width < 1 || height < 1 || width > longestSide || height > longestSide)
    return `its size is ${width}x${height}: 1x1 to ${longestSide}x${longestSide} can be shown`;
  if (stride < width * bytes) return `its stride of ${stride} bytes is shorter than a row of ${width} pixels`;
  if (size === 0n || size % pageBytes !== 0n) return `its memory of ${size} bytes is no number of whole pages`;
  // In bigint: the product of two 32-bit numbers is more than a number can hold exactly.
  const end = BigInt(offset) + BigInt(stride) * BigInt(height);
  return end > size ? `its pixels end at byte ${end} of ${size}` : undefined;
}
