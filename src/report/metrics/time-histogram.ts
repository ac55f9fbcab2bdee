/** Durations counted in fixed memory: a frame pays for a scan of some twenty numbers, and for no label. */

/**
 * Upper bounds, ms. What is timed is set beside refresh periods, so the bounds lie *between* the first
 * three multiples of the common ones (240, 144, 120, 75, 60, 50 and 30 Hz) and not on them: a flip a
 * cycle late falls into another bucket than one in time, and the jitter of a vblank timer does not
 * split one. Below a period they are for commits and drawings; 55 ms is past the 50 ms that the
 * kernel waits for the host (KERNEL.md), and from 100 ms on something is wrong.
 */
export const bucketsMs: readonly number[] = [
  0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 9.2, 11.2, 15.2, 18, 23, 29.5, 36.5, 45, 55, 75, 110, 250, 1000, 2500,
];

export class TimeHistogram {
  /** By bucket; the last one is for what is above all bounds. */
  readonly #counts = new Float64Array(bucketsMs.length + 1);
  #sumMs = 0;

  /** What is no number is not counted, and a clock that ran backwards is counted as 0. */
  observe(ms: number): void {
    if (Number.isNaN(ms)) return;
    let bucket = 0;
    while (bucket < bucketsMs.length && ms > (bucketsMs[bucket] ?? Infinity)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sumMs += Math.max(0, ms);
  }

  /** How many were at most so long, for each bound in turn, and all of them last. */
  cumulated(): number[] {
    let sum = 0;
    return Array.from(this.#counts, (count) => (sum += count));
  }

  get sumMs(): number {
    return this.#sumMs;
  }
}
