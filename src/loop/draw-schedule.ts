/** When the next frame is drawn: at once, on demand, late, or again while one waits. */
import { Alarm } from './alarm.js';
import { Demand } from './demand.js';
import type { FlipMeter } from './flip-meter.js';
import type { LoopParts } from './presenter-parts.js';
import { Deadline } from './pacing.js';
import type { Flip } from './scanout.js';

type Parts = Pick<LoopParts<never>, 'clock' | 'options' | 'when$'>;

/** The newest frame of a mailbox is at the most this part of a cycle old when it is committed, and its drawing. */
const redrawsEachCycle = 8;

export class DrawSchedule {
  readonly #deadline: Deadline;
  readonly #demand: Demand;
  /** A drawing that waits for its time. */
  readonly #late: Alarm;
  #flippedAt = 0;

  constructor(
    private readonly parts: Parts,
    private readonly meter: FlipMeter,
    private readonly draw: () => void,
  ) {
    this.#deadline = new Deadline(parts.options.periodMs);
    this.#demand = new Demand(parts.when$);
    this.#late = new Alarm(parts.clock);
  }

  /** `onEnd`: no frame is asked for any more. */
  start(onError: (error: unknown) => void, onEnd: () => void): void {
    this.#demand.start(this.draw, onError, onEnd);
  }

  get ended(): boolean {
    return this.#demand.ended;
  }

  stop(): void {
    this.#demand.stop();
    this.#late.cancel();
  }

  /** Whether to draw now, given a frame that waits for its commit and one that waits for its flip. */
  isTime(ready: boolean, queued: boolean): boolean {
    if (this.#late.set) return false;
    if (!this.#demand.wanted) {
      if (!ready && !queued) this.meter.idle();
      return false;
    }
    if (this.parts.options.deadline) return !ready && !queued && !this.#waitsForDeadline();
    return !ready || (this.parts.options.presentMode === 'mailbox' && queued);
  }

  /** A frame is begun. */
  take(): void {
    this.#demand.take();
  }

  /** A mailbox draws on, but not in a circle: that would show nothing newer and keep a core busy. */
  redraw(): void {
    this.later(this.parts.options.periodMs / redrawsEachCycle);
  }

  /** Draws in `ms`, and not before. */
  later(ms: number): void {
    this.#late.start(ms, () => {
      this.#flippedAt = 0; // its time has come
      this.draw();
    });
  }

  flipped(flip: Flip, drawMs: number): void {
    this.#deadline.record(flip, drawMs);
    this.#flippedAt = flip.timestampNs / 1e6;
  }

  #waitsForDeadline(): boolean {
    if (this.#flippedAt === 0) return false;
    const wait = this.#flippedAt + this.#deadline.delayMs - this.parts.clock.now();
    if (wait > 0) this.later(wait);
    return wait > 0;
  }
}
