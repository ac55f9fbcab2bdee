/** Paints one lane: each state as a box of its own, or, where frames are too narrow for that, the share of each state. */
import { at, lastAtOrBefore, states, type Frames } from './frames.js';
import { fillOf } from './fills.js';
import { paintShares, scaleOf, type Box } from './lane-shares.js';
import { colour } from './theme.js';
import type { TimeView } from './time-view.js';

/** A frame narrower than this, in CSS pixels, is not drawn by itself. */
const leastWidth = 12;
const labelWidth = 44;

export function paintLane(ctx: CanvasRenderingContext2D, frames: Frames, lane: number, view: TimeView, box: Box): void {
  const visible = visibleFrames(frames, lane, view);
  const roundUs = (frames.endUs - frames.startUs) / Math.max(1, frames.bySlot[lane]?.length ?? 0);
  const isRoomy = roundUs * scaleOf(view, box) >= leastWidth * devicePixelRatio;
  if (isRoomy) paintBoxes(ctx, frames, visible, view, box);
  else paintShares(ctx, frames, visible, view, box, roundUs);
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
  const xAt = (us: number) => box.left + Math.min(box.width, Math.max(0, (us - view.min) * scale));
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
