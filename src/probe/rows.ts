/** What each side asks of a picture's rows: measured on small pictures, and beside it what each path allocates. */
import { rowAlignment } from '../buffer/index.js';
import { no, ok, type Question } from './check.js';
import type { Check } from './report.js';

/** Bytes. */
export interface RowFacts {
  /** What the render GPU's own linear buffers round a row up to. */
  readonly made: number;
  /** The least of which it imports a multiple, of 4, 64, 128 and 256; undefined where it imports none. */
  readonly taken: number | undefined;
  /** What the display's own buffers round a row up to. */
  readonly shown: number;
  /** The row of the picture that would be flipped, and of the buffer that holds it. */
  readonly width: number;
  readonly stride: number;
}

/** Pixels of the narrow pictures that tell what rows are rounded up to: 260, 516 and 1028 bytes. */
export const narrowWidths = [65, 129, 257] as const;
/** Pixels of pictures whose rows are a multiple of so many bytes and of no more. */
export const importedWidths = [
  [4, 65],
  [64, 80],
  [128, 96],
  [256, 64],
] as const;

export function commonAlignment(strides: readonly number[]): number {
  return strides.reduce((a, b) => greatestDivisor(a, b), 0);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

export function checkRows(question: Question, render: string, display: string, facts: RowFacts): Check {
  const { made, taken, shown, width, stride } = facts;
  const takes = taken === undefined ? 'imports none' : taken === 4 ? 'imports any' : `imports multiples of ${taken}`;
  const found = [
    `${render} makes rows of multiples of ${made} bytes and ${takes}`,
    `${display} makes multiples of ${shown} and shows any`,
    `the host’s GPU may ask for 64 (Intel) or ${rowAlignment} (AMD, NVIDIA)`,
    `a row of ${width} bytes gets ${stride}`,
  ].join('; ');
  const fits = stride % rowAlignment === 0 && (taken === undefined || stride % taken === 0);
  return fits
    ? ok(question, found)
    : no(question, found, 'choose a mode whose width is a multiple of 64 pixels, or --path udmabuf');
}
