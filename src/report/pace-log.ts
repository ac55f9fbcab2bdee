/** The measured flips' times, from which it is told at the end whose pace they had. */
import { hostPaceOf, type Flip, type HostPace } from '../loop/index.js';

/** Flips kept, the last ones: most of a minute at 75 Hz. */
const kept = 4096;

/** In fixed memory. */
export class PaceLog {
  readonly #intervalMs = new Float64Array(kept);
  readonly #flipMs = new Float64Array(kept);
  #count = 0;
  #lastNs: number | undefined;

  /** Anew, from this flip on: the first interval begins with it. */
  begin({ timestampNs }: Flip): void {
    this.#count = 0;
    this.#lastNs = timestampNs;
  }

  /** What came late by our own doing says nothing about the host. */
  record({ timestampNs, flipMs, starved, drawnLate }: Flip): void {
    const lastNs = this.#lastNs;
    this.#lastNs = timestampNs;
    if (lastNs === undefined || starved || drawnLate) return;
    this.#intervalMs[this.#count % kept] = (timestampNs - lastNs) / 1e6;
    this.#flipMs[this.#count % kept] = flipMs;
    this.#count++;
  }

  /** In cycles of a mode of so many Hz; undefined where the host does not set the pace, or not enough was seen. */
  hostPace(refreshHz: number): HostPace | undefined {
    const seen = Math.min(this.#count, kept);
    const cycles = refreshHz / 1000;
    const flips = Array.from({ length: seen }, (_, i) => {
      const at = (this.#count - seen + i) % kept;
      return { interval: (this.#intervalMs[at] ?? 0) * cycles, flip: (this.#flipMs[at] ?? 0) * cycles };
    });
    return hostPaceOf(flips);
  }
}
