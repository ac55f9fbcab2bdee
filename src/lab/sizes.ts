/**
 * The sizes that the lab can boot a guest's heads in. A host's window can be resized to others, which leaves the head without a mode.
 * QEMU tells the guest a head's size by an EDID, whose timing it makes of the
 * size: syncs of 3 % of the width and 0.5 % of the height. Of less than 200 lines that leaves no vertical sync, and the
 * kernel drops a timing without one, or of less than 64 pixels or lines, and takes the display's next mode instead.
 * 8192 is virtio-gpu's limit. Sources: edid-generate.c, drm_mode_detailed(); each edge tried on Linux 7.3 with QEMU 7.2.
 */
import { GuestheadError } from '../errors.js';
import type { Size } from './machine.js';

const least: Size = { width: 64, height: 200 };
const most: Size = { width: 8192, height: 8192 };

/** Throws ERR_USAGE that names the nearest size that the guest would get. */
export function checkSize({ width, height }: Size): void {
  const nearest = { width: within(width, 'width'), height: within(height, 'height') };
  if (nearest.width === width && nearest.height === height) return;
  throw new GuestheadError('ERR_USAGE', `A head of the lab cannot have ${width}x${height}`, {
    advice: `the nearest that it can is ${nearest.width}x${nearest.height}: an EDID says ${least.width}x${least.height} to ${most.width}x${most.height}`,
  });
}

function within(pixels: number, side: keyof Size): number {
  const whole = Number.isFinite(pixels) ? Math.round(pixels) : least[side];
  return Math.min(most[side], Math.max(least[side], whole));
}
