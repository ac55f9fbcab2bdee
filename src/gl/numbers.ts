/**
 * Numbers in a row for the addon, in one array that grows to the largest row and is used again for each. A frame's few scenes
 * never become hot to V8, and there each call costs a hundred instructions, each private name as many: so there are few of both here.
 */
import { shown, isObject } from '../arguments.js';
import { GuestheadError } from '../errors.js';
import type { Box } from './scene.js';

export type Four = readonly [number, number, number, number];

const firstRoom = 1024;

export class Numbers {
  /** Another one once it has grown: not to be kept beyond `room`. */
  all = new Float64Array(firstRoom);
  /** How many of them are meant. */
  count = 0;
  private most = firstRoom;

  /** Makes room for so many numbers more, and says where the first is to stand: in `all`, as it is from now on. */
  room(count: number): number {
    const at = this.count;
    this.count = at + count;
    if (this.count > this.most) this.grow();
    return at;
  }

  /** `name` is for ERR_USAGE; what is no number at all, the addon refuses by its own name. */
  putBox(box: Box, name: string): void {
    checkBox(box, name);
    this.writeBox(this.room(4), box);
  }

  putBoxes(boxes: readonly Box[], name: string): void {
    let at = this.room(4 * boxes.length);
    const { all } = this;
    for (const box of boxes) {
      if (!isObject(box)) throw noBox(box, name);
      all[at++] = box.x;
      all[at++] = box.y;
      all[at++] = box.width;
      all[at++] = box.height;
    }
  }

  /** Where there is room already, as for `writeFour`. */
  writeBox(at: number, box: Box): void {
    const { all } = this;
    all[at] = box.x;
    all[at + 1] = box.y;
    all[at + 2] = box.width;
    all[at + 3] = box.height;
  }

  writeFour(at: number, values: Four): void {
    const { all } = this;
    all[at] = values[0];
    all[at + 1] = values[1];
    all[at + 2] = values[2];
    all[at + 3] = values[3];
  }

  private grow(): void {
    this.most = Math.max(this.count, this.most * 2);
    const larger = new Float64Array(this.most);
    larger.set(this.all);
    this.all = larger;
  }
}

/** Throws ERR_USAGE where it has no members at all. */
export function checkBox(box: Box, name: string): void {
  if (!isObject(box)) throw noBox(box, name);
}

export function checkFour(values: readonly number[], name: string): void {
  if (!Array.isArray(values) || values.length !== 4) throw wrong(values, name, 'give four numbers');
}

/** Where the types say that it is one. */
export function isList(value: unknown): boolean {
  return Array.isArray(value);
}

function noBox(box: unknown, name: string): GuestheadError {
  return wrong(box, name, 'give x, y, width and height');
}

function wrong(value: unknown, name: string, advice: string): GuestheadError {
  return new GuestheadError('ERR_USAGE', `${shown(value)} is no ${name}`, { advice });
}
