/** The damage of a present as the kernel takes it. */
import { GuestheadError } from '../errors.js';
import type { Rectangle } from '../buffer/index.js';

/** Of each rectangle. */
const edges = 4;

/** Mostly a picture changes where the one before did, and the clips are the same. Nobody changes them. */
export class DamageClips {
  #last = new Uint32Array(0);

  /** x1, y1, x2, y2 of each rectangle; throws ERR_USAGE for what is no rectangle of whole pixels. */
  of(damage: readonly Rectangle[]): Uint32Array {
    damage.forEach(check);
    if (!isSame(damage, this.#last)) this.#last = clipsOf(damage);
    return this.#last;
  }
}

function check({ x, y, width, height }: Rectangle): void {
  if (isEdge(x) && isEdge(y) && isEdge(x + width) && isEdge(y + height) && width >= 0 && height >= 0) return;
  throw new GuestheadError('ERR_USAGE', `${x}, ${y}, ${width}x${height} is no part of a picture`, {
    advice: 'give damage as x, y, width and height in whole pixels of the picture',
  });
}

function isEdge(edge: number): boolean {
  return Number.isInteger(edge) && edge >= 0;
}

function isSame(damage: readonly Rectangle[], clips: Uint32Array): boolean {
  return (
    damage.length * edges === clips.length &&
    damage.every(({ x, y, width, height }, index) => {
      const at = index * edges;
      return clips[at] === x && clips[at + 1] === y && clips[at + 2] === x + width && clips[at + 3] === y + height;
    })
  );
}

function clipsOf(damage: readonly Rectangle[]): Uint32Array<ArrayBuffer> {
  const clips = new Uint32Array(damage.length * edges);
  let at = 0;
  for (const { x, y, width, height } of damage) {
    clips[at++] = x;
    clips[at++] = y;
    clips[at++] = x + width;
    clips[at++] = y + height;
  }
  return clips;
}
