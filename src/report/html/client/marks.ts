/** Missed flips, tear risks and faults in a chart over time. */
import { lastAtOrBefore, type Mark } from './frames.js';
import { colour } from './theme.js';
import type { TimeView } from './time-view.js';

const signs: Readonly<Record<Mark['kind'], string>> = { missed: '▲', tear: '✕', fault: '◆' };
/** Nearer than this one mark of a kind stands for all, CSS pixels. */
const apart = 7;
/** More than so many lines would hide what they are to point at; faults keep theirs. */
const mostLines = 40;

interface Placed {
  readonly kind: Mark['kind'];
  /** Canvas pixels. */
  readonly x: number;
}

/** `scale`: µs to a unit of the chart's x. */
export function drawMarks(plot: uPlot, marks: readonly Mark[], view: TimeView, scale: number): void {
  const placed = placeMarks(plot, marks, view, scale);
  const { ctx } = plot;
  ctx.save();
  for (const mark of placed) {
    if (mark.kind === 'fault' || placed.length <= mostLines) drawLine(plot, mark);
    drawSign(plot, mark);
  }
  ctx.restore();
}

function placeMarks(plot: uPlot, marks: readonly Mark[], view: TimeView, scale: number): Placed[] {
  const placed: Placed[] = [];
  const last = new Map<Mark['kind'], number>();
  const first = lastAtOrBefore(marks.length, (i) => marks[i]?.atUs ?? 0, view.min) + 1;
  for (const { kind, atUs } of marks.slice(first)) {
    if (atUs > view.max) break;
    const x = plot.valToPos(atUs / scale, 'x', true);
    if (x - (last.get(kind) ?? -Infinity) < apart * devicePixelRatio) continue;
    last.set(kind, x);
    placed.push({ kind, x });
  }
  return placed;
}

function drawLine({ ctx, bbox }: uPlot, { kind, x }: Placed): void {
  [ctx.strokeStyle, ctx.lineWidth] = [colour(kind), devicePixelRatio];
  ctx.setLineDash(kind === 'fault' ? [] : [2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
}

/** A flip may be missed and at risk: one sign stands above the plot, the other in it. */
function drawSign({ ctx, bbox }: uPlot, { kind, x }: Placed): void {
  ctx.font = `${13 * devicePixelRatio}px system-ui, sans-serif`;
  [ctx.textAlign, ctx.textBaseline] = ['center', kind === 'tear' ? 'top' : 'bottom'];
  ctx.fillStyle = colour(kind);
  ctx.fillText(signs[kind], x, bbox.top);
}
