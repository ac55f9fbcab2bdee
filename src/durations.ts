/** Durations as percentiles, in fixed memory. */
import { createHistogram } from 'node:perf_hooks';

/** Milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Recorded in µs with three figures, up to a minute. */
const recording = { lowest: 1, highest: 60_000_000, figures: 3 } as const;
const usPerMs = 1000;
/** Values that wait for the histogram. */
const batch = 32;

/** A histogram of milliseconds that is fed some values at a time: each of them is a call out of JavaScript, and a frame makes three. */
export class Durations {
  readonly #histogram = createHistogram(recording);
  readonly #waiting = new Float64Array(batch);
  #count = 0;

  record(ms: number): void {
    this.#waiting[this.#count++] = ms;
    if (this.#count === batch) this.#feed();
  }

  reset(): void {
    this.#count = 0;
    this.#histogram.reset();
  }

  percentiles(): Percentiles | null {
    this.#feed();
    const histogram = this.#histogram;
    if (histogram.count === 0) return null;
    const ms = (us: number) => round(us / usPerMs);
    return { p50: ms(histogram.percentile(50)), p99: ms(histogram.percentile(99)), max: ms(histogram.max) };
  }

  #feed(): void {
    for (const ms of this.#waiting.subarray(0, this.#count))
      this.#histogram.record(Math.min(recording.highest, Math.max(recording.lowest, Math.round(ms * usPerMs))));
    this.#count = 0;
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
