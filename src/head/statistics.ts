/** A head's figures, gathered flip by flip in fixed memory. */
import { Durations, type Percentiles } from '../durations.js';
import type { Flip } from '../loop/index.js';

export interface HeadStats {
  /** Flips, refresh cycles between the first and the last, and their time by the kernel's clock. */
  readonly frames: number;
  readonly seconds: number;
  readonly flipsPerSecond: number;
  readonly missedFlips: number;
  /** Duration of the commit call. */
  readonly commitMs: Percentiles | null;
  /** From the start of a frame's drawing to its flip. */
  readonly latencyMs: Percentiles | null;
  /** From the commit to the flip. */
  readonly flipMs: Percentiles | null;
  /**
   * From the commit to the signal of the host's flush fence, of the sampled frames. Null while nobody
   * listens to `flushFence$`, and where every sampled fence came and went between two looks.
   */
  readonly flushFenceMs: Percentiles | null;
  readonly tearRisk: number;
  readonly starved: number;
  /** Flips that came late because drawing took longer than a cycle, and frames drawn and not shown. */
  readonly drawnLate: number;
  readonly dropped: number;
  readonly bytesCopiedPerFrame: number;
}

const noCounts = { frames: 0, missed: 0, tearRisk: 0, starved: 0, drawnLate: 0, dropped: 0 };

export class FlipStatistics {
  readonly #commit = new Durations();
  readonly #flip = new Durations();
  readonly #flush = new Durations();
  readonly #latency = new Durations();
  #counts = { ...noCounts };
  /** Of the flip that the counting began with, which is not counted itself. */
  #firstNs: number | undefined;
  #lastNs: number | undefined;
  #copiedAtStart = 0;

  /** `bytesCopied`: the head's count so far. */
  constructor(private readonly bytesCopied: () => number) {}

  /** The first flip ever only starts the clock: nobody knows what was before it. */
  record(flip: Flip): void {
    this.#lastNs = flip.timestampNs;
    if (this.#firstNs === undefined) {
      this.reset();
      return;
    }
    const counts = this.#counts;
    counts.frames++;
    counts.missed += flip.missed;
    if (flip.tearRisk) counts.tearRisk++;
    if (flip.starved) counts.starved++;
    if (flip.drawnLate) counts.drawnLate++;
    counts.dropped += flip.dropped;
    this.#latency.record(flip.latencyMs);
    this.#commit.record(flip.commitMs);
    this.#flip.record(flip.flipMs);
  }

  recordFlushFence(ms: number): void {
    this.#flush.record(ms);
  }

  /** Counts anew, from the next flip on. */
  begin(): void {
    this.#lastNs = undefined;
    this.reset();
  }

  /** Counts anew, from the flip recorded last. */
  reset(): void {
    this.#counts = { ...noCounts };
    this.#firstNs = this.#lastNs;
    this.#copiedAtStart = this.bytesCopied();
    for (const histogram of [this.#commit, this.#flip, this.#flush, this.#latency]) histogram.reset();
  }

  stats(): HeadStats {
    const { frames, missed, ...counts } = this.#counts;
    const seconds = ((this.#lastNs ?? 0) - (this.#firstNs ?? this.#lastNs ?? 0)) / 1e9;
    const copied = this.bytesCopied() - this.#copiedAtStart;
    return {
      frames,
      seconds: round(seconds),
      flipsPerSecond: seconds === 0 ? 0 : round(frames / seconds),
      missedFlips: missed,
      commitMs: this.#commit.percentiles(),
      latencyMs: this.#latency.percentiles(),
      flipMs: this.#flip.percentiles(),
      flushFenceMs: this.#flush.percentiles(),
      ...counts,
      bytesCopiedPerFrame: frames === 0 ? 0 : Math.round(copied / frames),
    };
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
