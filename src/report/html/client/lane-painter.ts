/** Paints one lane: each state as a box of its own, or, where frames are too narrow for that, the share of each state. */
import { at, lastAtOrBefore, states, type Frames } from './frames.js';
import { fillOf } from './fills.js';
import { colour } from './theme.js';
import type { TimeView } from './time-view.js';

/** Canvas pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A frame narrower than this, in CSS pixels, is not drawn by itself. */
const leastWidth = 12;
const labelWidth = 44;

export function paintLane(ctx: CanvasRenderingContext2D, frames: Frames, lane: number, view: TimeView, box: Box): void {
  const visible = visibleFrames(frames, lane, view);
  const pixelsAFrame =
    ((frames.endUs - frames.startUs) / Math.max(1, frames.bySlot[lane]?.length ?? 0)) * scaleOf(view, box);
  if (pixelsAFrame >= leastWidth * devicePixelRatio) paintBoxes(ctx, frames, visible, view, box);
  else paintShares(ctx, frames, visible, view, box);
}

/** Pixels a µs. */
function scaleOf(view: TimeView, { width }: Box): number {
  return width / view.span;
}

function visibleFrames({ bySlot, bounds }: Frames, lane: number, view: TimeView): readonly number[] {
  const indices = bySlot[lane] ?? [];
  const [drawing, free] = [bounds[0] ?? [], bounds[states.length] ?? []];
  const first = lastAtOrBefore(indices.length, (i) => at(free, indices[i] ?? 0), view.min) + 1;
  const last = lastAtOrBefore(indices.length, (i) => at(drawing, indices[i] ?? 0), view.max);
  return indices.slice(first, last + 1);
}

function paintBoxes(
  ctx: CanvasRenderingContext2D,
  { bounds, data }: Frames,
  visible: readonly number[],
  view: TimeView,
  box: Box,
): void {
  const scale = scaleOf(view, box);
  const xAt = (us: number) => box.left + (us - view.min) * scale;
  for (const index of visible)
    for (const [i, state] of states.entries()) {
      const from = xAt(at(bounds[i] ?? [], index));
      const width = xAt(at(bounds[i + 1] ?? [], index)) - from;
      if (width <= 0) continue;
      ctx.fillStyle = fillOf(ctx, state);
      ctx.fillRect(from, box.top, Math.max(1, width), box.height);
      if (state === 'current') label(ctx, String(data.frames.frame[index]), { ...box, left: from, width });
    }
}

/** The number of the frame, where it has room in what can be seen of its box. */
function label(ctx: CanvasRenderingContext2D, text: string, { left, top, width, height }: Box): void {
  if (width < labelWidth * devicePixelRatio) return;
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  [ctx.textAlign, ctx.textBaseline] = ['center', 'middle'];
  ctx.fillStyle = colour('on-state');
  ctx.fillText(text, left + width / 2, top + height / 2);
}

/** In columns of a CSS pixel, the states' shares of its time, one upon the other. */
function paintShares(
  ctx: CanvasRenderingContext2D,
  { bounds }: Frames,
  visible: readonly number[],
  view: TimeView,
  box: Box,
): void {
  const column = Math.max(1, Math.round(devicePixelRatio));
  const columns = Math.ceil(box.width / column);
  const scale = scaleOf(view, box) / column;
  const bottoms = new Float32Array(columns);
  for (const [i, state] of states.entries()) {
    const shares = new Float32Array(columns);
    const [from, to] = [bounds[i] ?? [], bounds[i + 1] ?? []];
    for (const index of visible)
      addShare(shares, (at(from, index) - view.min) * scale, (at(to, index) - view.min) * scale);
    ctx.fillStyle = colour(state);
    for (let x = 0; x < columns; x++) {
      const height = Math.min(1 - at(bottoms, x), at(shares, x)) * box.height;
      if (height > 0)
        ctx.fillRect(box.left + x * column, box.top + box.height * (1 - at(bottoms, x)) - height, column, height);
      bottoms[x] = Math.min(1, at(bottoms, x) + at(shares, x));
    }
  }
}

/** What `from` to `to`, in columns, takes of each of them. */
function addShare(shares: Float32Array, from: number, to: number): void {
  const [start, end] = [Math.max(0, from), Math.min(shares.length, to)];
  for (let x = Math.floor(start); x < end; x++) shares[x] = at(shares, x) + Math.min(end, x + 1) - Math.max(start, x);
}
