/** The figures of a run, gathered flip by flip in fixed memory. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Flip } from '../output/index.js';
import type { CpuMeter, CpuSpan } from './cpu-meter.js';

/** Milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Figures {
  readonly frames: number;
  readonly seconds: number;
  readonly flipsPerSecond: number;
  readonly missedFlips: number;
  readonly commitMs: Percentiles | null;
  /** From the start of a frame's drawing to its flip. */
  readonly latencyMs: Percentiles | null;
  readonly flipMs: Percentiles | null;
  /** Of the sampled frames; null where every sampled fence came and went between two looks. */
  readonly flushFenceMs: Percentiles | null;
  readonly tearRisk: number;
  readonly starved: number;
  /** Flips that came late because drawing took longer than a cycle, and frames drawn and not shown. */
  readonly drawnLate: number;
  readonly dropped: number;
  /** Of the whole process, over the flips of all its heads. */
  readonly cpuMsPerFlip: number;
  readonly bytesCopiedPerFrame: number;
}

/** Recorded in µs with three figures, up to a minute. */
const recording = { lowest: 1, highest: 60_000_000, figures: 3 } as const;
const usPerMs = 1000;

export class RunStatistics {
  readonly #commit = createHistogram(recording);
  readonly #flip = createHistogram(recording);
  readonly #flush = createHistogram(recording);
  readonly #latency = createHistogram(recording);
  #warmUp: number;
  #firstNs = 0;
  #lastNs = 0;
  #frames = 0;
  #missed = 0;
  #tearRisk = 0;
  #starved = 0;
  #drawnLate = 0;
  #dropped = 0;
  #cpuUsed: CpuSpan;
  #stopped = false;
  #copiedAtStart = 0;

  /**
   * The first `warmUpFlips` are not measured: each buffer's first drawing paints
   * the whole picture into memory never touched before.
   */
  constructor(
    warmUpFlips: number,
    /** The head's count so far. */
    private readonly bytesCopied: () => number,
    private readonly cpu: CpuMeter,
  ) {
    this.#warmUp = warmUpFlips;
    this.#cpuUsed = cpu.start();
  }

  get frames(): number {
    return this.#frames;
  }

  /** Time from the first flip to the last, by the kernel's timestamps. */
  get seconds(): number {
    return (this.#lastNs - this.#firstNs) / 1e9;
  }

  /** The last flip of the warm-up starts the clocks. */
  record(flip: Flip): void {
    this.cpu.countFlip();
    if (this.#stopped) return;
    this.#lastNs = flip.timestampNs;
    if (this.#warmUp > 0) {
      this.#warmUp--;
      this.#firstNs = flip.timestampNs;
      this.#cpuUsed = this.cpu.start();
      this.#copiedAtStart = this.bytesCopied();
      return;
    }
    this.#frames++;
    this.#missed += flip.missed;
    if (flip.tearRisk) this.#tearRisk++;
    if (flip.starved) this.#starved++;
    if (flip.drawnLate) this.#drawnLate++;
    this.#dropped += flip.dropped;
    recordMs(this.#latency, flip.latencyMs);
    recordMs(this.#commit, flip.commitMs);
    recordMs(this.#flip, flip.flipMs);
  }

  recordFlushFence(ms: number): void {
    if (this.#warmUp > 0) return;
    recordMs(this.#flush, ms);
  }

  /** What comes later is not measured any more. */
  stop(): void {
    this.#stopped = true;
    this.#cpuUsed.stop();
  }

  figures(): Figures {
    const perFrame = (value: number) => (this.#frames === 0 ? 0 : value / this.#frames);
    return {
      frames: this.#frames,
      seconds: round(this.seconds),
      flipsPerSecond: this.seconds === 0 ? 0 : round(this.#frames / this.seconds),
      missedFlips: this.#missed,
      commitMs: percentiles(this.#commit),
      latencyMs: percentiles(this.#latency),
      flipMs: percentiles(this.#flip),
      flushFenceMs: percentiles(this.#flush),
      tearRisk: this.#tearRisk,
      starved: this.#starved,
      drawnLate: this.#drawnLate,
      dropped: this.#dropped,
      cpuMsPerFlip: round(this.#cpuUsed.msPerFlip()),
      bytesCopiedPerFrame: Math.round(perFrame(this.bytesCopied() - this.#copiedAtStart)),
    };
  }
}

function recordMs(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.min(recording.highest, Math.max(recording.lowest, Math.round(ms * usPerMs))));
}

function percentiles(histogram: RecordableHistogram): Percentiles | null {
  if (histogram.count === 0) return null;
  const ms = (us: number) => round(us / usPerMs);
  return { p50: ms(histogram.percentile(50)), p99: ms(histogram.percentile(99)), max: ms(histogram.max) };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
