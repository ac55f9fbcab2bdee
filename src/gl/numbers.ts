/** Numbers in a row for the addon, in one array that grows to the largest row and is used again for each. */
import { shown, isObject } from '../arguments.js';
import { GuestheadError } from '../errors.js';
import type { Box } from './scene.js';

export class Numbers {
  /** Another one once it has grown: not to be kept beyond `room`. */
  all = new Float64Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }

  /** Makes room for so many numbers more, and says where the first is to stand: in `all`, as it is from now on. */
  room(count: number): number {
    const at = this.#count;
    this.#count += count;
    if (this.#count > this.all.length) this.#grow();
    return at;
  }

  put(value: number): void {
    const at = this.room(1);
    this.all[at] = value;
  }

  /** `name` is for ERR_USAGE; what is no number at all, the addon refuses by its own name. */
  putBox(box: Box, name: string): void {
    checkBox(box, name);
    const at = this.room(4);
    const { all } = this;
    all[at] = box.x;
    all[at + 1] = box.y;
    all[at + 2] = box.width;
    all[at + 3] = box.height;
  }

  putFour(values: readonly number[], name: string): void {
    checkFour(values, name);
    const at = this.room(4);
    for (let index = 0; index < 4; index++) this.all[at + index] = values[index] ?? NaN;
  }

  #grow(): void {
    const larger = new Float64Array(Math.max(this.#count, this.all.length * 2));
    larger.set(this.all);
    this.all = larger;
  }
}

/** Throws ERR_USAGE where it has no members at all. */
export function checkBox(box: Box, name: string): void {
  if (!isObject(box)) throw wrong(box, name, 'give x, y, width and height');
}

export function checkFour(values: readonly number[], name: string): void {
  if (!Array.isArray(values) || values.length !== 4) throw wrong(values, name, 'give four numbers');
}

/** Where the types say that it is one. */
export function isList(value: unknown): boolean {
  return Array.isArray(value);
}

function wrong(value: unknown, name: string, advice: string): GuestheadError {
  return new GuestheadError('ERR_USAGE', `${shown(value)} is no ${name}`, { advice });
}
