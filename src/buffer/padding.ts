/**
 * How much memory a picture gets, so that each GPU which imports it takes it as it is.
 *
 *      width: the mode's
 *     ┌──────────────────────┬───────┐
 *     │ the picture, shown   │ never │  rows: a whole number of 256 bytes
 *     │ by a framebuffer of  │ shown │
 *     │ the mode's size      │       │
 *     ├──────────────────────┘       │  height: the mode's
 *     └──────────────────────────────┘  a whole number of 16 rows
 *
 * The importers are the render GPU in the guest, and the host's where its display has GL. AMD's driver refuses rows that
 * are no multiple of 256 bytes, Intel's takes less; NVIDIA's takes any, and shows some skewed without an error. AMD's
 * computes the surface's size for itself, its height rounded up, and refuses memory that is shorter.
 * Sources: Mesa's ac_surface.c and si_texture_from_winsys_buffer; Smithay's udmabuf allocator (radv asks for the most);
 * pull requests xbmc/xbmc#27895 (AMD) and pop-os/cosmic-comp#151 (NVIDIA).
 */
import type { Size } from './path.js';

export const bytesPerPixel = 4;
/** Bytes. */
export const rowAlignment = 256;
const heightAlignment = 16;

/** In whole pixels and rows, at least the picture's. */
export function paddedSize({ width, height }: Size): Size {
  const pixels = rowAlignment / bytesPerPixel;
  return { width: roundUp(width, pixels), height: roundUp(height, heightAlignment) };
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
