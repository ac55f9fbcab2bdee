/**
 * A frame number as one row of black (0) and white (1) cells across the whole width.
 *
 *      cell   0    4                                  36         44     48
 *             ┌────┬──────────────────────────────────┬──────────┬──────┐
 *      top    │1010│ frame number, 32 bits, high first│ CRC-8 of │ 1101 │
 *             ├────┼──────────────────────────────────┤ the four ├──────┤
 *      bottom │0101│ the same                         │ bytes    │ 0010 │
 *             └────┴──────────────────────────────────┴──────────┴──────┘
 *             guard                                                guard
 *
 * Cell n covers the columns ⌊n·width/48⌋ up to ⌊(n+1)·width/48⌋, and codeHeight rows. The
 * guards differ from left to right and from top to bottom, so that a mirrored or an upside-down
 * picture does not pass for a right one, nor an empty screen for frame 0.
 */
import { crc8 } from './crc8.js';
import { black, fillRectangle, white, type Picture } from './picture.js';

export type CodeEdge = 'top' | 'bottom';

export const cellCount = 48;
/** The cells from `dataStart` up to `checkStart` hold the frame number. */
export const dataStart = 4;
export const checkStart = 36;
const guardStart = 44;

const leftGuard = { top: 0b1010, bottom: 0b0101 } as const;
const rightGuard = { top: 0b1101, bottom: 0b0010 } as const;

/** Rows of one code: low, because it is not for people and every row costs time in each frame. */
export function codeHeight(pictureHeight: number): number {
  return Math.max(8, Math.floor(pictureHeight / 64));
}

/** First row of a code. */
export function codeTop(pictureHeight: number, edge: CodeEdge): number {
  return edge === 'top' ? 0 : pictureHeight - codeHeight(pictureHeight);
}

/** First column of a cell; of cell 48, the picture's width. */
export function cellColumn(pictureWidth: number, cell: number): number {
  return Math.floor((cell * pictureWidth) / cellCount);
}

/** Draws a code: the cells that differ from frame `previous`, or all where that is undefined. */
export function drawCode(picture: Picture, edge: CodeEdge, frame: number, previous: number | undefined): void {
  const { width, height } = picture;
  const top = codeTop(height, edge);
  const bottom = top + codeHeight(height);
  const check = crc8(frame);
  const previousCheck = crc8(previous ?? 0);
  for (let cell = 0; cell < cellCount; cell++) {
    const bit = cellBit(cell, edge, frame, check);
    if (previous !== undefined && bit === cellBit(cell, edge, previous, previousCheck)) continue;
    const colour = bit === 1 ? white : black;
    fillRectangle(picture, cellColumn(width, cell), cellColumn(width, cell + 1), top, bottom, colour);
  }
}

/** Columns of one colour: `left` up to `right`, which is exclusive; `0xRRGGBB`. */
export interface Stripe {
  readonly left: number;
  readonly right: number;
  readonly colour: number;
}

/** The black stripes of a code, neighbouring cells together: for who draws rectangles, over white rows. */
export function blackStripes(pictureWidth: number, edge: CodeEdge, frame: number): Stripe[] {
  const check = crc8(frame);
  const stripes: Stripe[] = [];
  for (let cell = 0; cell < cellCount; cell++) {
    if (cellBit(cell, edge, frame, check) === 1) continue;
    const left = cellColumn(pictureWidth, cell);
    while (cell + 1 < cellCount && cellBit(cell + 1, edge, frame, check) === 0) cell++;
    stripes.push({ left, right: cellColumn(pictureWidth, cell + 1), colour: black });
  }
  return stripes;
}

/** 1 where the cell is white; `check` is the frame's `crc8`, computed once for all cells. */
export function cellBit(cell: number, edge: CodeEdge, frame: number, check: number): number {
  if (cell < dataStart) return bitOf(leftGuard[edge], dataStart - 1 - cell);
  if (cell < checkStart) return bitOf(frame, checkStart - 1 - cell);
  if (cell < guardStart) return bitOf(check, guardStart - 1 - cell);
  return bitOf(rightGuard[edge], cellCount - 1 - cell);
}

function bitOf(value: number, bit: number): number {
  return (value >>> bit) & 1;
}
