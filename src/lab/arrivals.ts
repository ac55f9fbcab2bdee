/** How long pictures were on their way from a guest whose clock is not ours. */
import { Durations, type Percentiles } from '../durations.js';
import type { Handover } from '../render/index.js';

export interface ArrivalReport {
  /** Those that were on their way for more than a period longer than the quickest. */
  readonly late: number;
  /** How much longer than the quickest. */
  readonly delayMs: Percentiles;
}

/** Milliseconds after which the quickest picture says nothing any more: two clocks drift apart, and one stands while its machine is paused. */
const validMs = 5000;

export class Arrivals {
  readonly #delays = new Durations();
  #late = 0;
  /** Ours less the guest's, and the way of the quickest picture: of the span before, and of the one that began at `#from`. */
  #offsets: [number, number] = [Infinity, Infinity];
  #from = -Infinity;

  /** `now` in milliseconds by our clock. */
  record({ at, periodMs }: Handover, now: number): void {
    const delay = now - at - this.#offset(now - at, now);
    this.#delays.record(delay);
    if (delay > periodMs) this.#late++;
  }

  /** Begins anew, the clocks included. Null where nothing was recorded. */
  report(): ArrivalReport | null {
    const delayMs = this.#delays.percentiles();
    const report = delayMs && { late: this.#late, delayMs };
    this.#delays.reset();
    this.#late = 0;
    this.#offsets = [Infinity, Infinity];
    this.#from = -Infinity;
    return report;
  }

  #offset(offset: number, now: number): number {
    const [, last] = this.#offsets;
    if (now - this.#from > validMs) {
      this.#offsets = [last, offset];
      this.#from = now;
    } else this.#offsets[1] = Math.min(last, offset);
    return Math.min(...this.#offsets);
  }
}
