/** A chart over the time that a head's view shows; what it draws beside its own: marks, and what was not measured. */
import { attachGestures } from './gestures.js';
import { lastAtOrBefore, type Frames, type Mark } from './frames.js';
import { createPlot, values, type PlotOptions } from './plot.js';
import { colour } from './theme.js';
import type { TimeView } from './time-view.js';

export const usPerSecond = 1e6;

export interface TimePlotOptions extends Pick<PlotOptions, 'height' | 'y' | 'series'> {
  readonly yScale: uPlot.Scale;
  /** Durations for y; the x values are the flips. */
  readonly data: (number | null)[];
  readonly paint: (plot: uPlot) => void;
  /** Which buffer's lane is at this height, CSS pixels from the top of the plot. */
  readonly laneAt?: (top: number) => number;
}

export function createTimePlot(place: HTMLElement, frames: Frames, view: TimeView, options: TimePlotOptions): void {
  const times = frames.flippedUs.map((us) => us / usPerSecond);
  const plot = createPlot(place, [times, options.data], {
    ...options,
    cursor: true,
    x: { values: values('s'), space: 70 },
    scales: {
      x: { time: false, range: () => [view.min / usPerSecond, view.max / usPerSecond] },
      y: options.yScale,
    },
    hooks: {
      drawClear: [(drawn) => shade(drawn, frames)],
      draw: [
        (drawn) => {
          clipped(drawn, () => options.paint(drawn));
          drawMarks(drawn, frames, view);
          placeCursor(drawn, view);
        },
      ],
    },
  });
  view.onChange(() => plot.setScale('x', { min: view.min / usPerSecond, max: view.max / usPerSecond }));
  view.onSelect(() => placeCursor(plot, view));
  attachGestures(plot.over, view, (atUs, top) => {
    view.select({ atUs, index: frames.find(atUs, options.laneAt?.(top)) });
  });
}

function placeCursor(plot: uPlot, { selection }: TimeView): void {
  const left = selection === undefined ? -10 : plot.valToPos(selection.atUs / usPerSecond, 'x');
  plot.setCursor({ left, top: left < 0 ? -10 : 0 }, false);
}

function clipped(plot: uPlot, paint: () => void): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  paint();
  ctx.restore();
}

/** The time before the measured flips and after them. */
function shade(plot: uPlot, { data: { measuredUs } }: Frames): void {
  if (measuredUs === null) return;
  clipped(plot, () => {
    const { ctx, bbox } = plot;
    const [from, to] = measuredUs.map((us) => plot.valToPos(us / usPerSecond, 'x', true));
    const right = bbox.left + bbox.width;
    ctx.fillStyle = colour('shade');
    if (from !== undefined) ctx.fillRect(bbox.left, bbox.top, from - bbox.left, bbox.height);
    if (to !== undefined) ctx.fillRect(to, bbox.top, right - to, bbox.height);
  });
}

const signs: Readonly<Record<Mark['kind'], string>> = { missed: '▲', tear: '✕', fault: '◆' };
/** Nearer than this one mark of a kind stands for all, CSS pixels. */
const apart = 7;

function drawMarks(plot: uPlot, { marks }: Frames, view: TimeView): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const drawn = new Map<Mark['kind'], number>();
  const first = lastAtOrBefore(marks.length, (i) => marks[i]?.atUs ?? 0, view.min) + 1;
  ctx.save();
  ctx.font = `${13 * ratio}px system-ui, sans-serif`;
  [ctx.textAlign, ctx.lineWidth] = ['center', ratio];
  for (let i = first; i < marks.length; i++) {
    const mark = marks[i];
    if (mark === undefined || mark.atUs > view.max) break;
    const x = plot.valToPos(mark.atUs / usPerSecond, 'x', true);
    if (x - (drawn.get(mark.kind) ?? -Infinity) < apart * ratio) continue;
    drawn.set(mark.kind, x);
    [ctx.fillStyle, ctx.strokeStyle] = [colour(mark.kind), colour(mark.kind)];
    // A flip may be missed and at risk: one sign above the plot, the other in it.
    ctx.textBaseline = mark.kind === 'tear' ? 'top' : 'bottom';
    ctx.fillText(signs[mark.kind], x, bbox.top);
    ctx.setLineDash(mark.kind === 'fault' ? [] : [2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
