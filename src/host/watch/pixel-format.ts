/** Where red, green and blue are in a pixel, by pixman's names and by DRM's. */

export interface PixelFormat {
  /** As QEMU calls it. */
  readonly name: string;
  /** Bytes of a pixel. */
  readonly bytes: number;
  /** Which byte of the pixel each is in. */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

const bgrx = { bytes: 4, red: 2, green: 1, blue: 0 };
const rgbx = { bytes: 4, red: 0, green: 1, blue: 2 };
const xrgb = { bytes: 4, red: 1, green: 2, blue: 3 };
const xbgr = { bytes: 4, red: 3, green: 2, blue: 1 };

/** PIXMAN_FORMAT of pixman.h: bits of a pixel, order, and bits of alpha, red, green and blue, on a little-endian machine. */
const pixman: Readonly<Record<number, PixelFormat>> = {
  0x20020888: { name: 'x8r8g8b8', ...bgrx },
  0x20028888: { name: 'a8r8g8b8', ...bgrx },
  0x20030888: { name: 'x8b8g8r8', ...rgbx },
  0x20038888: { name: 'a8b8g8r8', ...rgbx },
  0x20080888: { name: 'b8g8r8x8', ...xrgb },
  0x20088888: { name: 'b8g8r8a8', ...xrgb },
  0x20090888: { name: 'r8g8b8x8', ...xbgr },
  0x20098888: { name: 'r8g8b8a8', ...xbgr },
};

const drm: Readonly<Record<string, PixelFormat>> = {
  XR24: { name: 'XRGB8888', ...bgrx },
  AR24: { name: 'ARGB8888', ...bgrx },
  XB24: { name: 'XBGR8888', ...rgbx },
  AB24: { name: 'ABGR8888', ...rgbx },
  BX24: { name: 'BGRX8888', ...xrgb },
  BA24: { name: 'BGRA8888', ...xrgb },
  RX24: { name: 'RGBX8888', ...xbgr },
  RA24: { name: 'RGBA8888', ...xbgr },
};

/** Undefined for one that is not known here. */
export function pixmanFormat(code: number): PixelFormat | undefined {
  return pixman[code];
}

export function drmFormat(fourcc: number): PixelFormat | undefined {
  return drm[fourccText(fourcc)];
}

export function fourccText(fourcc: number): string {
  return Buffer.from(Uint32Array.of(fourcc).buffer).toString('latin1');
}
