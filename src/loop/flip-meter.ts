/** What a flip is told to have been: its times, and why it came late if it did. */
import type { Clock } from './clock.js';
import type { Presented } from './present.js';
import type { Flip, ScanoutEvent } from './scanout.js';

/** A fence that comes with the flip event is no starvation: it takes a moment of the same turn. */
const sameTurnMs = 1;

export class FlipMeter {
  /** When all buffers were found locked with nothing on its way to the screen. */
  #starvingSince: number | undefined;
  #starved = false;
  #dropped = 0;
  #lastSequence: number | undefined;
  #idle = false;

  constructor(
    private readonly clock: Clock,
    private readonly periodMs: number,
  ) {}

  get starvingSince(): number | undefined {
    return this.#starvingSince;
  }

  /** No buffer is free, and nothing on its way. */
  starving(): void {
    this.#starvingSince ??= this.clock.now();
  }

  /** A buffer was had: whether there had been none for a while. */
  fed(): boolean {
    if (this.#starvingSince === undefined) return false;
    this.#starved = this.clock.now() - this.#starvingSince > sameTurnMs;
    this.#starvingSince = undefined;
    return true;
  }

  /** Nothing is asked for: refresh cycles go by, and none of them is missed. */
  idle(): void {
    this.#lastSequence = undefined;
    this.#idle = true;
  }

  /** Whether the flip described last was the first after that. */
  afterIdle(): boolean {
    const was = this.#idle;
    this.#idle = false;
    return was;
  }

  /** A frame was drawn, or begun, and is not shown. */
  dropped(): void {
    this.#dropped++;
  }

  describe(
    event: ScanoutEvent & { kind: 'flip' },
    { frame, isClients, startedAt, drawMs, committedAt, commitMs }: Presented,
  ): Flip {
    const missed = this.#missedSince(event.sequence);
    const at = event.timestampNs / 1e6;
    const flip = {
      frame,
      slot: event.slot,
      isClients,
      sequence: event.sequence,
      timestampNs: event.timestampNs,
      missed,
      commitMs,
      flipMs: at - committedAt,
      latencyMs: at - startedAt,
      drawMs,
      tearRisk: event.flushPending,
      starved: this.#starved && missed > 0,
      drawnLate: missed > 0 && drawMs > this.periodMs,
      dropped: this.#dropped,
    };
    this.#starved = false;
    this.#dropped = 0;
    return flip;
  }

  #missedSince(sequence: number): number {
    const step = this.#lastSequence === undefined ? 1 : (sequence - this.#lastSequence) >>> 0;
    this.#lastSequence = sequence;
    return Math.max(0, step - 1);
  }
}
