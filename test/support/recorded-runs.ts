/** Runs as they might have been recorded: times with long tails, each flip much like the one before. */
import type { ComparableHead, ComparableRun } from '../../src/report/compare/index.js';
import { Random } from './random.js';

export interface Recorded {
  readonly frames?: number;
  /** How alike neighbouring flips are, 0 to below 1: the lag-one correlation of the logarithms. */
  readonly likeness?: number;
  /** Of all times, against those of another run. */
  readonly factor?: number;
  readonly connector?: string;
  readonly changes?: Partial<ComparableHead>;
}

const refreshHz = 75;
const spread = 0.25;

/** The same seed is the same run. */
export function recordedHead(
  seed: number,
  { frames = 600, likeness = 0, factor = 1, connector = 'Virtual-1', changes = {} }: Recorded = {},
): ComparableHead {
  const random = new Random(seed);
  const series = (typical: number, count = frames) =>
    lognormal(random, count, likeness).map((value) => Math.round(value * typical * factor * 1000) / 1000);
  const jitter = lognormal(random, frames, 0).map((value) => 1000 / refreshHz + Math.log(value) * 0.4);
  return {
    verdict: 'pass',
    reasons: [],
    path: 'import',
    render: { driver: 'vgem' },
    display: { driver: 'virtio_gpu', connector },
    mode: { width: 1920, height: 1080, refreshHz },
    ...{ frames, flipsPerSecond: refreshHz, missedFlips: 0, tearRisk: 0, starved: 0 },
    ...{ cpuMsPerFlip: 2, bytesCopiedPerFrame: 0 },
    samples: {
      commitMs: series(0.4),
      flipMs: series(12),
      latencyMs: series(20),
      drawMs: series(0.9),
      flushFenceMs: series(4, Math.floor(frames / 33)),
      intervalMs: jitter,
    },
    ...changes,
  };
}

export function recordedRun(...heads: readonly ComparableHead[]): ComparableRun {
  return { verdict: 'pass', reasons: [], heads };
}

/** Median 1. */
function lognormal(random: Random, count: number, likeness: number): number[] {
  let state = normal(random);
  return Array.from({ length: count }, () => {
    state = likeness * state + Math.sqrt(1 - likeness ** 2) * normal(random);
    return Math.exp(spread * state);
  });
}

/** Source: G. E. P. Box, M. E. Muller, "A note on the generation of random normal deviates", 1958. */
function normal(random: Random): number {
  const uniform = () => random.whole(1, 2 ** 30) / (2 ** 30 + 1);
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
