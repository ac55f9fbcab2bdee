/** Each measured frame's own values, for who compares runs: medians alone do not tell a difference from noise. */
import type { Flip } from '../loop/index.js';

/** Milliseconds, rounded to µs, in the order of the flips. */
export interface Samples {
  readonly commitMs: readonly number[];
  readonly flipMs: readonly number[];
  readonly latencyMs: readonly number[];
  readonly drawMs: readonly number[];
  /** Of the sampled frames only. */
  readonly flushFenceMs: readonly number[];
  /** From the flip before, by the kernel's clock. */
  readonly intervalMs: readonly number[];
}

/** A quarter of an hour at 75 Hz. */
export const maxSamples = 65_536;

/** Keeps the last 65,536 frames' values. */
export class SampleLog {
  #commit = new Newest();
  #flip = new Newest();
  #latency = new Newest();
  #draw = new Newest();
  #flushFence = new Newest();
  #interval = new Newest();
  #lastNs: number | undefined;

  /** Anew, from this flip on: it is not kept itself, and the first interval begins with it. */
  begin({ timestampNs }: Flip): void {
    this.#lastNs = timestampNs;
    this.#commit = new Newest();
    this.#flip = new Newest();
    this.#latency = new Newest();
    this.#draw = new Newest();
    this.#flushFence = new Newest();
    this.#interval = new Newest();
  }

  record(flip: Flip): void {
    this.#commit.add(flip.commitMs);
    this.#flip.add(flip.flipMs);
    this.#latency.add(flip.latencyMs);
    this.#draw.add(flip.drawMs);
    if (this.#lastNs !== undefined) this.#interval.add((flip.timestampNs - this.#lastNs) / 1e6);
    this.#lastNs = flip.timestampNs;
  }

  recordFlushFence(ms: number): void {
    this.#flushFence.add(ms);
  }

  samples(): Samples {
    return {
      commitMs: this.#commit.values(),
      flipMs: this.#flip.values(),
      latencyMs: this.#latency.values(),
      drawMs: this.#draw.values(),
      flushFenceMs: this.#flushFence.values(),
      intervalMs: this.#interval.values(),
    };
  }
}

class Newest {
  readonly #values: number[] = [];

  add(ms: number): void {
    this.#values.push(Math.round(ms * 1000) / 1000);
    if (this.#values.length >= 2 * maxSamples) this.#values.splice(0, maxSamples);
  }

  values(): number[] {
    return this.#values.slice(-maxSamples);
  }
}
