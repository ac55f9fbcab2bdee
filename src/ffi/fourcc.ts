/** Pixel formats and modifiers of drm_fourcc.h. Names read from the highest bit of a little-endian word down. */

function code(name: string): number {
  return Buffer.from(name, 'latin1').readUInt32LE();
}

/** Pixel formats as numbers; libdrm and libgbm share them. */
export const format = {
  XRGB8888: code('XR24'),
  ARGB8888: code('AR24'),
  XBGR8888: code('XB24'),
  ABGR8888: code('AB24'),
  RGBX8888: code('RX24'),
  RGBA8888: code('RA24'),
  BGRX8888: code('BX24'),
  BGRA8888: code('BA24'),
  RGB888: code('RG24'),
  BGR888: code('BG24'),
  RGB565: code('RG16'),
  BGR565: code('BG16'),
  XRGB1555: code('XR15'),
  ARGB1555: code('AR15'),
  XRGB2101010: code('XR30'),
  ARGB2101010: code('AR30'),
  XBGR2101010: code('XB30'),
  ABGR2101010: code('AB30'),
  XBGR16161616F: code('XB4H'),
  ABGR16161616F: code('AB4H'),
  C8: code('C8  '),
  R8: code('R8  '),
  GR88: code('GR88'),
  NV12: code('NV12'),
  P010: code('P010'),
  YUYV: code('YUYV'),
  YUV420: code('YU12'),
} as const;

/** Rows of pixels one after the other. */
export const LINEAR = 0n;
/** No modifier is known: the driver's own, implicit tiling, if any. */
export const INVALID = 0x00ffffffffffffffn;

/**
 * `0x34325258` → `'XR24'`, trailing blanks dropped; a number that is no
 * four-character code is given in hexadecimal.
 */
export function formatName(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  const name = bytes.toString('latin1');
  return /^[\x21-\x7e][\x20-\x7e]{3}$/.test(name) ? name.trimEnd() : `0x${(value >>> 0).toString(16).padStart(8, '0')}`;
}
