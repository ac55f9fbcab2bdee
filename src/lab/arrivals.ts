/** How long pictures were on their way from a guest whose clock is not ours. */
import { Durations, type Percentiles } from '../durations.js';
import type { Handover } from '../render/index.js';

export interface ArrivalReport {
  /** Those that were on their way for more than a period longer than the quickest. */
  readonly late: number;
  /** How much longer than the quickest. */
  readonly delayMs: Percentiles;
}

/**
 * What two clocks may drift apart, as a part of the time: the quickest picture of an hour ago says nothing of now. Quartz and
 * the kernel's calibration together stay below a tenth of it.
 */
const drift = 0.001;

export class Arrivals {
  readonly #delays = new Durations();
  #late = 0;
  /** Ours less the guest's, and the way of the quickest picture; and when that was last looked at. */
  #offset = Infinity;
  #lookedAt = 0;

  /** `now` in milliseconds by our clock. */
  record({ at, periodMs }: Handover, now: number): void {
    const offset = now - at;
    this.#offset = Math.min(offset, this.#offset + drift * (now - this.#lookedAt));
    this.#lookedAt = now;
    const delay = offset - this.#offset;
    this.#delays.record(delay);
    if (delay > periodMs) this.#late++;
  }

  /** Begins anew, the clocks included. Null where nothing was recorded. */
  report(): ArrivalReport | null {
    const delayMs = this.#delays.percentiles();
    const report = delayMs && { late: this.#late, delayMs };
    this.#delays.reset();
    this.#late = 0;
    this.#offset = Infinity;
    return report;
  }
}
