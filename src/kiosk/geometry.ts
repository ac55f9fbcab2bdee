/** Where things are on a head, in its logical pixels. */
import type { Rectangle } from '../buffer/index.js';
import type { Size } from './surface-state.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where something of this size begins in the middle of `room`; what is larger begins at the upper left. */
export function centred({ width, height }: Size, room: Rectangle): Point {
  const middle = (from: number, length: number, size: number) => from + Math.max(0, Math.floor((length - size) / 2));
  return { x: middle(room.x, room.width, width), y: middle(room.y, room.height, height) };
}

export function isSameBox(one: Rectangle, other: Rectangle): boolean {
  return one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height;
}

export function isInside({ x, y, width, height }: Rectangle, at: Point): boolean {
  return at.x >= x && at.y >= y && at.x < x + width && at.y < y + height;
}

/** The least that the wire can tell. */
export const leastStep = 1 / 256;

/** The place in the box that is nearest; its right and lower edges are outside of it. */
export function nearestIn({ x, y, width, height }: Rectangle, at: Point): Point {
  const within = (place: number, from: number, length: number) =>
    Math.max(from, Math.min(place, from + length - leastStep));
  return { x: within(at.x, x, width), y: within(at.y, y, height) };
}
