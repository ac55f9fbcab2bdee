/** What becomes of the exports of one run, counted as they end. */
import { Durations, type Percentiles } from '../durations.js';
import type { Ending } from '../transfer/index.js';

/** Moments are `performance.now()`. */
export interface Exported {
  readonly at: number;
  /** When the next picture is due; undefined where none ever is, and in a warm-up. */
  readonly nextDueAt: number | undefined;
}

export class ShareTally {
  readonly #trips = new Durations();
  #exports = 0;
  #releases = 0;
  #revoked = 0;
  #because: string | null = null;
  #late = 0;
  missed = 0;
  overdue = 0;

  /** Ms between two pictures; undefined where they go as fast as they are released. */
  constructor(private readonly periodMs: number | undefined) {}

  get exports(): number {
    return this.#exports;
  }

  get underWay(): number {
    return this.#exports - this.#releases - this.#revoked;
  }

  exported(): void {
    this.#exports++;
  }

  ended(ending: Ending, { at, nextDueAt = -Infinity }: Exported, now: number): void {
    if (ending.type === 'revoked') {
      this.#revoked++;
      this.#because ??= ending.reason;
      return;
    }
    this.#releases++;
    this.#trips.record(now - at);
    if (at <= nextDueAt && now - at > (this.periodMs ?? Infinity)) this.#late++;
  }

  figures(): ShareCounts {
    return {
      exports: this.#exports,
      releases: this.#releases,
      revoked: this.#revoked,
      revokedBecause: this.#because,
      missed: this.missed,
      late: this.periodMs === undefined ? null : this.#late,
      overdue: this.overdue,
      roundTripMs: this.#trips.percentiles(),
    };
  }
}

export interface ShareCounts {
  readonly exports: number;
  readonly releases: number;
  readonly revoked: number;
  /** The first reason; null: none was revoked. */
  readonly revokedBecause: string | null;
  /** Times that a picture was due and no buffer was free. */
  readonly missed: number;
  /**
   * Pictures that were drawn before the next was due, and released more than a period after that: so long the transfer had them, the
   * consumer's look at them included. As in `run`, two rounds of the buffers are a warm-up, in which none is counted: both ends run
   * their code for the first time. Null where no picture is ever due.
   */
  readonly late: number | null;
  /** Exports that nobody had released when a release is overdue, by the producer's `releaseTimeoutMs`. */
  readonly overdue: number;
  /** From the export to the release; null where nothing was released. */
  readonly roundTripMs: Percentiles | null;
}
