/** A chart over the time that a head's view shows; what it draws beside its own: marks, and what was not measured. */
import { attachGestures } from './gestures.js';
import type { Frames } from './frames.js';
import { drawMarks } from './marks.js';
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
          drawMarks(drawn, frames.marks, view, usPerSecond);
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
