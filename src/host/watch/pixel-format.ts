/** The pixel formats of QEMU's pictures by DRM's four-character codes, which `sinks` reads. */
import { format } from '../../ffi/index.js';

/** PIXMAN_FORMAT of pixman.h: bits of a pixel, order, and bits of alpha, red, green and blue, on a little-endian machine. */
const pixman: Readonly<Record<number, number>> = {
  0x20020888: format.XRGB8888, // x8r8g8b8
  0x20028888: format.ARGB8888, // a8r8g8b8
  0x20030888: format.XBGR8888, // x8b8g8r8
  0x20038888: format.ABGR8888, // a8b8g8r8
  0x20080888: format.BGRX8888, // b8g8r8x8
  0x20088888: format.BGRA8888, // b8g8r8a8
  0x20090888: format.RGBX8888, // r8g8b8x8
  0x20098888: format.RGBA8888, // r8g8b8a8
};

/** Undefined for one that is not known here. */
export function pixmanFormat(code: number): number | undefined {
  return pixman[code];
}
