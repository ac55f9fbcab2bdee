/** The backbuffers' states over time, a lane each. */
import type { Frames } from './frames.js';
import { paintLane } from './lane-painter.js';
import { axisHeight, marksHeight } from './plot.js';
import { createTimePlot } from './time-plot.js';
import type { TimeView } from './time-view.js';

/** CSS pixels; the more lanes, the narrower. */
const laneHeight = (lanes: number) => Math.max(18, Math.min(34, Math.round(200 / lanes)));
/** Of a lane's height. */
const gap = 0.16;

export function createLaneChart(place: HTMLElement, frames: Frames, view: TimeView): void {
  const { lanes } = frames.data;
  const height = laneHeight(lanes);
  createTimePlot(place, frames, view, {
    height: lanes * height + marksHeight + axisHeight,
    y: {
      splits: () => Array.from({ length: lanes }, (_, lane) => lanes - lane - 0.5),
      values: (_plot, splits) => splits.map((value) => `buffer ${lanes - value - 0.5}`),
      grid: { show: false },
      ticks: { show: false },
    },
    yScale: { range: () => [0, lanes] },
    series: { paths: () => null, points: { show: false } },
    data: frames.flippedUs.map(() => null),
    laneAt: (top) => Math.floor(top / height),
    paint: ({ ctx, bbox }) => {
      const each = bbox.height / lanes;
      for (let lane = 0; lane < lanes; lane++)
        paintLane(ctx, frames, lane, view, {
          left: bbox.left,
          width: bbox.width,
          top: bbox.top + (lane + gap / 2) * each,
          height: (1 - gap) * each,
        });
    },
  });
}
