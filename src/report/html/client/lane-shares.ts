/** A lane whose frames are too narrow to be told apart: in each column the states' shares of the time, one upon the other. */
import { at, lastAtOrBefore, states, type Frames } from './frames.js';
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

/** Less is a rounding error. */
const leastShare = 1e-4;

/**
 * A column is a CSS pixel wide and tells of `roundUs` around it, in which the buffer goes through all its states
 * once: of less it would show stripes that nothing has.
 */
export function paintShares(
  ctx: CanvasRenderingContext2D,
  { bounds }: Frames,
  visible: readonly number[],
  view: TimeView,
  box: Box,
  roundUs: number,
): void {
  const column = Math.max(1, Math.round(devicePixelRatio));
  const columnUs = column / scaleOf(view, box);
  const windowUs = Math.max(columnUs, roundUs);
  const [floor, height] = [Math.round(box.top + box.height), Math.round(box.height)];
  const heights = new Float64Array(Math.ceil(box.width / column));
  for (const [i, state] of states.entries()) {
    const spentUntil = timeSpent(bounds[i] ?? [], bounds[i + 1] ?? [], visible);
    ctx.fillStyle = colour(state);
    for (let x = 0; x < heights.length; x++) {
      const fromUs = view.min + (x + 0.5) * columnUs - windowUs / 2;
      const share = (spentUntil(fromUs + windowUs) - spentUntil(fromUs)) / windowUs;
      // whole pixels, and one at least: a blurred row has no state's colour
      const own = share < leastShare ? 0 : Math.min(height - at(heights, x), Math.max(1, Math.round(share * height)));
      ctx.fillRect(Math.round(box.left) + x * column, floor - at(heights, x) - own, column, own);
      heights[x] = at(heights, x) + own;
    }
  }
}

/** How long these frames had been in a state, each from its `from` to its `to`, until a given time. */
function timeSpent(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  visible: readonly number[],
): (untilUs: number) => number {
  const before = new Float64Array(visible.length + 1);
  for (const [i, index] of visible.entries()) before[i + 1] = at(before, i) + at(to, index) - at(from, index);
  return (untilUs) => {
    const last = lastAtOrBefore(visible.length, (i) => at(from, visible[i] ?? 0), untilUs);
    const index = visible[last];
    return index === undefined ? 0 : at(before, last) + Math.min(untilUs, at(to, index)) - at(from, index);
  };
}
