/** The damage of a present as the kernel takes it. */
import { GuestheadError } from '../errors.js';
import type { Rectangle } from '../buffer/index.js';

/** x1, y1, x2, y2 of each rectangle; throws ERR_USAGE for what is no rectangle of whole pixels. */
export function clipsOf(damage: readonly Rectangle[]): Uint32Array {
  const clips = new Uint32Array(damage.length * edges);
  let at = 0;
  for (const { x, y, width, height } of damage) {
    if (!isEdge(x) || !isEdge(y) || !isEdge(x + width) || !isEdge(y + height) || !(width >= 0 && height >= 0))
      throw new GuestheadError('ERR_USAGE', `${x}, ${y}, ${width}x${height} is no part of a picture`, {
        advice: 'give damage as x, y, width and height in whole pixels of the picture',
      });
    clips[at++] = x;
    clips[at++] = y;
    clips[at++] = x + width;
    clips[at++] = y + height;
  }
  return clips;
}

/** Of each rectangle. */
const edges = 4;
const isEdge = (edge: number): boolean => Number.isInteger(edge) && edge >= 0;
