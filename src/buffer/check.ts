/** What a buffer must be before AddFB2 sees it: the kernel does not check all of it, and QEMU refuses silently. */
import { GuestheadError } from '../errors.js';
import { format, formatName, INVALID, LINEAR } from '../ffi/index.js';

/** A single-plane picture in memory; lengths in bytes, sizes in pixels. */
export interface PictureLayout {
  readonly width: number;
  readonly height: number;
  readonly format: number;
  readonly stride: number;
  readonly offset: number;
  readonly modifier: bigint;
  /** The dma-buf's size, or 0 where the kernel does not tell. */
  readonly size: number;
}

/** Source: virtio-gpu's mode_config limits. */
export const minPixels = 32;
export const maxPixels = 8192;
const bytesPerPixel = 4;

/** Throws ERR_UNSUPPORTED that names the first rule broken. */
export function checkLayout(layout: PictureLayout): void {
  const broken = rules.find(([holds]) => !holds(layout));
  if (broken === undefined) return;
  const { width, height, stride, offset, size } = layout;
  const found = `${width}x${height} ${formatName(layout.format)}, stride ${stride}, offset ${offset}, modifier 0x${layout.modifier.toString(16)}, ${size} bytes`;
  throw new GuestheadError('ERR_UNSUPPORTED', `The buffer cannot be scanned out: ${broken[1]} (it is ${found})`);
}

const inRange = (pixels: number) => Number.isInteger(pixels) && pixels >= minPixels && pixels <= maxPixels;

const rules: readonly (readonly [holds: (layout: PictureLayout) => boolean, rule: string])[] = [
  [({ width, height }) => inRange(width) && inRange(height), `each side has ${minPixels} to ${maxPixels} pixels`],
  [(layout) => layout.format === format.XRGB8888, 'the format is XRGB8888, the only one of the primary plane'],
  [(layout) => layout.modifier === LINEAR || layout.modifier === INVALID, 'the layout is linear'],
  [({ offset }) => offset === 0, 'the offset is 0: QEMU passes no other to its displays'],
  [({ stride, width }) => stride >= width * bytesPerPixel, 'the stride holds a row'],
  [({ size, stride, height }) => size === 0 || size >= stride * height, 'the memory holds all rows'],
];
