/** How often which duration occurred. */
import { createPlot, values } from './plot.js';
import { colour } from './theme.js';

const height = 190;
const bins = 48;
/** What is above 99 % of them, and this much more, shares the last bin. */
const tail = 1.3;
/** So that a single late one is seen, CSS pixels. */
const leastHeight = 3;

export interface Distribution {
  /** Rising. */
  readonly sorted: Float64Array;
  readonly from: number;
  readonly binMs: number;
  readonly counts: readonly number[];
  /** What lies beyond the last bin's own end and was put there. */
  readonly beyond: number;
}

export function distributionOf(ms: readonly number[]): Distribution {
  const sorted = Float64Array.from(ms).sort();
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const to = Math.max(least + 0.05, Math.min(most, quantile(sorted, 0.99) * tail));
  const binMs = (to - least) / bins;
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of sorted) {
    const bin = Math.min(bins - 1, Math.floor((value - least) / binMs));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { sorted, from: least, binMs, counts, beyond: sorted.filter((value) => value > to).length };
}

/** Of rising values; nearest rank. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

export function createHistogram(place: HTMLElement, distribution: Distribution): void {
  const { from, binMs, counts } = distribution;
  const edges = Array.from({ length: bins + 1 }, (_, i) => from + i * binMs);
  createPlot(place, [edges, [...counts, null]], {
    height,
    x: { values: values('ms'), space: 72, grid: { show: false } },
    y: { values: (_plot, splits) => splits.map((count) => (Number.isInteger(count) ? String(count) : '')), size: 52 },
    scales: {
      x: { time: false, range: () => [from - binMs, from + (bins + 1) * binMs] },
      y: { range: () => [0, 1.08 * Math.max(1, ...counts)] },
    },
    series: { paths: () => null, points: { show: false } },
    hooks: { draw: [(plot) => paint(plot, distribution)] },
  });
}

export function summaryOf({ sorted, beyond }: Distribution): string {
  if (sorted.length === 0) return '(not seen)';
  const [median, p99] = [0.5, 0.99].map((share) => quantile(sorted, share).toFixed(2));
  const more = beyond > 0 ? `; the last bar holds ${beyond} longer, up to ${(sorted.at(-1) ?? 0).toFixed(2)} ms` : '';
  return `(${sorted.length} of them; median ${median ?? ''} ms, 99 % ${p99 ?? ''} ms${more})`;
}

function paint(plot: uPlot, { sorted, from, binMs, counts }: Distribution): void {
  const { ctx, bbox } = plot;
  const [floor, least] = [bbox.top + bbox.height, leastHeight * devicePixelRatio];
  ctx.save();
  ctx.fillStyle = colour('bar');
  for (const [i, count] of counts.entries()) {
    if (count === 0) continue;
    const [left, right] = [i, i + 1].map((bin) => plot.valToPos(from + bin * binMs, 'x', true)) as [number, number];
    const top = Math.min(floor - least, plot.valToPos(count, 'y', true));
    ctx.fillRect(left, top, Math.max(1, right - left - devicePixelRatio), floor - top);
  }
  drawQuantile(plot, quantile(sorted, 0.5), 'median', []);
  drawQuantile(plot, quantile(sorted, 0.99), '99 %', [4, 3]);
  ctx.restore();
}

function drawQuantile(plot: uPlot, ms: number, name: string, dash: readonly number[]): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(ms, 'x', true);
  [ctx.strokeStyle, ctx.fillStyle, ctx.lineWidth] = [colour('text'), colour('text'), 1.5 * devicePixelRatio];
  ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textBaseline = 'bottom';
  // They may stand close together; and the last one's name would not have room to the right.
  ctx.textAlign = name === 'median' ? 'right' : 'left';
  const limit = plot.ctx.canvas.width - ctx.measureText(name).width;
  ctx.fillText(name, ctx.textAlign === 'left' ? Math.min(x, limit) : x, bbox.top - devicePixelRatio);
}
