/** What is compared of two heads, figure by figure, and how likely a difference is mere noise. */
import type { ComparableHead, Samples } from './read.js';
import { blocks, dispersion, fewestBlocks, inflation, mannWhitney, mean, median, rateTest } from './statistics.js';

export interface Measured {
  readonly figure: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  readonly a: number | null;
  readonly b: number | null;
  /** The probability of such a difference without a cause; null = this figure is not judged. */
  readonly p: number | null;
  /** A difference below is none: of the clock's rounding, or a single event. */
  readonly leastDifference: number;
}

export function measure(a: ComparableHead, b: ComparableHead): Measured[] {
  return [rate(a, b), ...times(a, b), ...counts(a, b), ...shown(a, b)];
}

/** By the mean, since a rate is frames over time, and the median interval is one cycle whatever share of them is two. */
function rate(a: ComparableHead, b: ComparableHead): Measured {
  const of = (interval: readonly number[]) => 1000 / mean(interval);
  const [ofA, ofB] = [a.samples.intervalMs, b.samples.intervalMs];
  const fixed = { figure: 'flipsPerSecond', unit: '/s', better: 'higher', leastDifference: 0 } as const;
  return { ...fixed, a: valueOf(ofA, of), b: valueOf(ofB, of), p: testOf(ofA, ofB, of) };
}

const timeFigures = ['commitMs', 'flipMs', 'latencyMs', 'drawMs', 'flushFenceMs'] as const satisfies (keyof Samples)[];
/** Samples are rounded to µs. */
const roundingMs = 0.002;

function times(a: ComparableHead, b: ComparableHead): Measured[] {
  return timeFigures.map((figure) => {
    const [ofA, ofB] = [a.samples[figure], b.samples[figure]];
    const fixed = { figure, unit: 'ms', better: 'lower', leastDifference: roundingMs } as const;
    return { ...fixed, a: valueOf(ofA, median), b: valueOf(ofB, median), p: testOf(ofA, ofB, median) };
  });
}

function valueOf(values: readonly number[], of: (values: readonly number[]) => number): number | null {
  return values.length === 0 ? null : of(values);
}

function testOf(a: readonly number[], b: readonly number[], of: (block: readonly number[]) => number): number | null {
  const [ofA, ofB] = [blocks(a, of), blocks(b, of)];
  if (Math.min(ofA.length, ofB.length) < fewestBlocks) return null;
  return mannWhitney(ofA, ofB, (inflation(ofA) + inflation(ofB)) / 2);
}

/**
 * In 1000 frames. Flips that risk tearing or were starved come late too, so that the intervals between flips say of
 * all three how much they come in bursts.
 */
function counts(a: ComparableHead, b: ComparableHead): Measured[] {
  const bursts = dispersion(lateIn(a), lateIn(b));
  return (['missedFlips', 'tearRisk', 'starved'] as const).map((figure) => {
    const test = () =>
      rateTest({ events: a[figure], trials: a.frames }, { events: b[figure], trials: b.frames }, bursts);
    const per1000 = (head: ComparableHead) => (head.frames === 0 ? null : (head[figure] / head.frames) * 1000);
    const fixed = { figure, unit: 'in 1000', better: 'lower', leastDifference: 0 } as const;
    return { ...fixed, a: per1000(a), b: per1000(b), p: a.frames === 0 || b.frames === 0 ? null : test() };
  });
}

/** Cycles without a flip, by block. */
function lateIn({ samples, mode }: ComparableHead): number[] {
  const missed = samples.intervalMs.map((ms) => Math.max(0, Math.round((ms * mode.refreshHz) / 1000) - 1));
  return blocks(missed, (block) => block.reduce((sum, count) => sum + count, 0));
}

/** Of the whole run, one number each: to be seen, but nobody can say what is noise. */
function shown(a: ComparableHead, b: ComparableHead): Measured[] {
  const figure = (name: 'cpuMsPerFlip' | 'bytesCopiedPerFrame', unit: string): Measured => {
    return { figure: name, unit, better: 'lower', a: a[name], b: b[name], p: null, leastDifference: 0 };
  };
  return [figure('cpuMsPerFlip', 'ms'), figure('bytesCopiedPerFrame', 'bytes')];
}
