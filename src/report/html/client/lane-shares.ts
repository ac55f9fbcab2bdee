/** A lane whose frames are too narrow to be told apart: in each column the states' shares of the time, one upon the other. */
import { at, states, type Frames } from './frames.js';
import { colour } from './theme.js';
import type { TimeView } from './time-view.js';

/** Canvas pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels a µs. */
export function scaleOf(view: TimeView, { width }: Box): number {
  return width / view.span;
}

/** A column is a CSS pixel wide and tells of two rounds of the buffer, `pixelsAFrame` each: of less it would show stripes that nothing has. */
export function paintShares(
  ctx: CanvasRenderingContext2D,
  { bounds }: Frames,
  visible: readonly number[],
  view: TimeView,
  box: Box,
  pixelsAFrame: number,
): void {
  const column = Math.max(1, Math.round(devicePixelRatio));
  const columns = Math.ceil(box.width / column);
  const scale = scaleOf(view, box) / column;
  const reach = Math.max(0, Math.round((pixelsAFrame / column - 1) / 2));
  const bottoms = new Float64Array(columns);
  for (const [i, state] of states.entries()) {
    const taken = new Float64Array(columns);
    const [from, to] = [bounds[i] ?? [], bounds[i + 1] ?? []];
    for (const index of visible)
      addShare(taken, (at(from, index) - view.min) * scale, (at(to, index) - view.min) * scale);
    const shares = averaged(averaged(taken, reach), reach);
    ctx.fillStyle = colour(state);
    for (let x = 0; x < columns; x++) {
      const [bottom, top] = [at(bottoms, x), Math.min(1, at(bottoms, x) + at(shares, x))];
      if (top > bottom)
        ctx.fillRect(box.left + x * column, box.top + box.height * (1 - top), column, box.height * (top - bottom));
      bottoms[x] = top;
    }
  }
}

/** What `from` to `to`, in columns, takes of each of them. */
function addShare(shares: Float64Array, from: number, to: number): void {
  const [start, end] = [Math.max(0, from), Math.min(shares.length, to)];
  for (let x = Math.floor(start); x < end; x++) shares[x] = at(shares, x) + Math.min(end, x + 1) - Math.max(start, x);
}

/** Each with `reach` neighbours on either side, where there are such. */
function averaged(values: Float64Array, reach: number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = at(sums, i) + at(values, i);
  return values.map((_, i) => {
    const [from, to] = [Math.max(0, i - reach), Math.min(values.length, i + reach + 1)];
    return (at(sums, to) - at(sums, from)) / (to - from);
  });
}
