/** The time from one flip to the next. */
import { at, type Frames } from './frames.js';
import { values } from './plot.js';
import { colour } from './theme.js';
import { createTimePlot } from './time-plot.js';
import type { TimeView } from './time-view.js';

const height = 220;

export function createIntervalChart(place: HTMLElement, frames: Frames, view: TimeView): void {
  const periodMs = frames.data.periodUs / 1000;
  createTimePlot(place, frames, view, {
    height,
    y: { values: values('ms') },
    yScale: { range: () => [0, (1.1 * Math.max(longestUs(frames, view), 1.5 * frames.data.periodUs)) / 1000] },
    series: { stroke: () => colour('line'), width: 1.5, points: { size: 5 } },
    data: frames.flippedUs.map((_, i) => {
      const us = frames.intervalUs(i);
      return us === null ? null : us / 1000;
    }),
    paint: (plot) => drawPeriod(plot, periodMs),
  });
}

/** Of the measured flips in view: the warm-up's first may take seconds, against which the others are nothing. */
function longestUs(frames: Frames, view: TimeView): number {
  let [measured, any] = [0, 0];
  for (let i = frames.firstAfter(view.min); i < frames.count; i++) {
    const atUs = at(frames.flippedUs, i);
    if (atUs > view.max) break;
    any = Math.max(any, frames.intervalUs(i) ?? 0);
    if (frames.isMeasured(atUs)) measured = Math.max(measured, frames.intervalUs(i) ?? 0);
  }
  return measured > 0 ? measured : any;
}

function drawPeriod(plot: uPlot, periodMs: number): void {
  const { ctx, bbox } = plot;
  const y = plot.valToPos(periodMs, 'y', true);
  ctx.strokeStyle = colour('text');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
}
