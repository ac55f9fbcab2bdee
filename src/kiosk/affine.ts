/** Maps of the plane: from a surface to its buffer, from a head's logical pixels to those of its mode. */
import type { Rectangle } from '../buffer/index.js';

/** x' = a x + c y + e, y' = b x + d y + f. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export const identity: Affine = [1, 0, 0, 1, 0, 0];

export function isIdentity([a, b, c, d, e, f]: Affine): boolean {
  return a === 1 && b === 0 && c === 0 && d === 1 && e === 0 && f === 0;
}

export const moving = (x: number, y: number): Affine => [1, 0, 0, 1, x, y];
export const scaling = (x: number, y: number): Affine => [x, 0, 0, y, 0, 0];

/** The first one, and then those after it. */
export function inTurn(first: Affine, ...others: readonly Affine[]): Affine {
  return others.reduce(
    ([a, b, c, d, e, f], [p, q, r, s, t, u]) => [
      a * p + b * r,
      a * q + b * s,
      c * p + d * r,
      c * q + d * s,
      e * p + f * r + t,
      e * q + f * s + u,
    ],
    first,
  );
}

/** None of ours has no way back. */
export function inverse([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * d - b * c;
  const [p, q, r, s] = [d / determinant, -b / determinant, -c / determinant, a / determinant];
  return [p, q, r, s, -(e * p + f * r), -(e * q + f * s)];
}

export function pointThrough([a, b, c, d, e, f]: Affine, x: number, y: number): readonly [x: number, y: number] {
  return [a * x + c * y + e, b * x + d * y + f];
}

/** The smallest box around it: ours turn by quarters, so that it is the box itself. */
export function boxThrough(map: Affine, { x, y, width, height }: Rectangle): Rectangle {
  const [left, top] = pointThrough(map, x, y);
  const [right, bottom] = pointThrough(map, x + width, y + height);
  return {
    x: Math.min(left, right),
    y: Math.min(top, bottom),
    width: Math.abs(right - left),
    height: Math.abs(bottom - top),
  };
}

/**
 * From a picture as it is to be seen to one whose content was turned by a `wl_output.transform` (0–7), in the unit square
 * of each.
 */
export function turning(transform: number): Affine {
  return turns[transform] ?? identity;
}

/** Whether width and height change places. */
export const isSideways = (transform: number): boolean => transform % 2 === 1;

const turns: readonly Affine[] = [
  identity,
  [0, -1, 1, 0, 0, 1],
  [-1, 0, 0, -1, 1, 1],
  [0, 1, -1, 0, 1, 0],
  [-1, 0, 0, 1, 1, 0],
  [0, 1, 1, 0, 0, 0],
  [1, 0, 0, -1, 0, 1],
  [0, -1, -1, 0, 1, 1],
];
