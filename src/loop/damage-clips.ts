/** The damage of a present as the kernel takes it. */
import { GuestheadError } from '../errors.js';
import type { Rectangle } from '../buffer/index.js';

/** x1, y1, x2, y2 of each rectangle; throws ERR_USAGE for what is no rectangle of whole pixels. */
export function clipsOf(damage: readonly Rectangle[]): Uint32Array {
  return Uint32Array.from(damage.flatMap(clipOf));
}

function clipOf({ x, y, width, height }: Rectangle): number[] {
  const clip = [x, y, x + width, y + height];
  if (clip.every((edge) => Number.isInteger(edge) && edge >= 0) && width >= 0 && height >= 0) return clip;
  throw new GuestheadError('ERR_USAGE', `${x}, ${y}, ${width}x${height} is no part of a picture`, {
    advice: 'give damage as x, y, width and height in whole pixels of the picture',
  });
}
