/** The drawings of the GPU over time, and how long what took. */
import type { GpuData } from '../report-data.js';
import { createPlot, values } from './plot.js';
import { colour } from './theme.js';
import { usPerSecond } from './time-plot.js';

const height = 200;

/** By the name of its chart, ms. */
export function gpuDurations({ drawings, renderFences }: GpuData): Readonly<Record<string, readonly number[]>> {
  const ms = (us: readonly number[]) => us.map((value) => value / 1000);
  return {
    'gl-draw': ms(drawings.drawUs),
    'gl-fence': ms(renderFences.us),
    'gl-queue': ms(drawings.queueUs),
    'gl-call': ms(drawings.callUs),
  };
}

export function createGpuTimes(place: HTMLElement, { drawings, renderFences }: GpuData): void {
  const data = joined([drawings.atUs, drawings.drawUs], [renderFences.atUs, renderFences.us]);
  const longest = Math.max(0.1, ...[...drawings.drawUs, ...renderFences.us].map((us) => us / 1000));
  createPlot(place, data, {
    height,
    x: { values: values('s'), space: 70 },
    y: { values: values('ms') },
    scales: { x: { time: false }, y: { range: () => [0, 1.1 * longest] } },
    series: ['drawing', 'queued'].map((name) => ({
      stroke: () => colour(name),
      width: 1.5,
      points: { size: 4 },
      spanGaps: true,
    })),
    hooks: {},
  });
}

type Series = readonly [atUs: readonly number[], us: readonly number[]];

/** Both over one row of times, with gaps; times in seconds and values in ms. */
function joined(first: Series, second: Series): uPlot.AlignedData {
  const points = [first, second].flatMap(([atUs, us], series) =>
    atUs.map((at, index) => ({ at, series, ms: (us[index] ?? 0) / 1000 })),
  );
  points.sort((one, other) => one.at - other.at);
  const of = (series: number) => points.map((point) => (point.series === series ? point.ms : null));
  return [points.map(({ at }) => at / usPerSecond), of(0), of(1)];
}
