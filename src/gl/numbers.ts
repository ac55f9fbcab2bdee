/** Numbers in a row for the addon, in one array that grows to the largest row and is used again for each. */
import { shown, isObject } from '../arguments.js';
import { GuestheadError } from '../errors.js';
import type { Box } from './scene.js';

export class Numbers {
  #all = new Float64Array(1024);
  #count = 0;

  get all(): Float64Array {
    return this.#all;
  }

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }

  put(value: number): void {
    if (this.#count === this.#all.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#all);
      this.#all = larger;
    }
    this.#all[this.#count++] = value;
  }

  /** `name` is for ERR_USAGE; what is no number at all, the addon refuses by its own name. */
  putBox(box: Box, name: string): void {
    if (!isObject(box)) throw wrong(box, name, 'give x, y, width and height');
    this.put(box.x);
    this.put(box.y);
    this.put(box.width);
    this.put(box.height);
  }

  putFour(values: readonly number[], name: string): void {
    if (!isList(values) || values.length !== 4) throw wrong(values, name, 'give four numbers');
    for (const value of values) this.put(value);
  }
}

/** Where the types say that it is one. */
export function isList(value: unknown): boolean {
  return Array.isArray(value);
}

function wrong(value: unknown, name: string, advice: string): GuestheadError {
  return new GuestheadError('ERR_USAGE', `${shown(value)} is no ${name}`, { advice });
}
