/** The commits of a flip loop, one at a time: the first by a modeset; held back after a refusal, or until their time. */
import { errnoOf } from '../errors.js';
import { Alarm } from './alarm.js';
import type { Drawn } from './drawing.js';
import type { FlipMeter } from './flip-meter.js';
import type { FramesAhead } from './frames-ahead.js';
import { rejection } from './loop-faults.js';
import type { LoopParts } from './loop-parts.js';
import { OwnClock } from './pacing.js';
import { Refusals } from './refusals.js';

export interface CommitHandlers {
  /** What was held back may be committed now. */
  readonly again: () => void;
  readonly lost: (error: unknown) => void;
  readonly fatal: (error: unknown) => void;
}

export class Commits {
  readonly #refusals: Refusals;
  readonly #ownClock: OwnClock;
  /** A commit that waits: for another try, for DRM master, or for its time. */
  readonly #hold: Alarm;
  #shown = false;

  constructor(
    private readonly parts: Pick<LoopParts<never>, 'scanout' | 'clock' | 'pace' | 'options' | 'report'>,
    private readonly ahead: FramesAhead,
    private readonly meter: FlipMeter,
    private readonly handlers: CommitHandlers,
  ) {
    this.#ownClock = new OwnClock(parts.options.periodMs);
    this.#hold = new Alarm(parts.clock);
    this.#refusals = new Refusals(this.#hold, parts.scanout, parts.report, {
      again: (wholeMode) => {
        if (wholeMode) this.#shown = false;
        handlers.again();
      },
      lost: handlers.lost,
      fatal: handlers.fatal,
    });
  }

  /** Commits what is ready, unless something is queued or it is held back: whether a commit was made. */
  present(): boolean {
    const { ready, queued } = this.ahead;
    if (ready === undefined || queued !== undefined || this.#hold.set) return false;
    if (!this.#shown) return this.#show(ready);
    const wait = this.parts.pace.freeRunning ? this.#ownClock.waitMs(this.parts.clock.now()) : 0;
    if (wait > 0) this.#hold.start(wait, this.handlers.again);
    else this.#commit(ready);
    return wait <= 0;
  }

  stop(): void {
    this.#hold.cancel();
  }

  /** By a modeset, which returns when the picture is on: at first, and after DRM master was lost. */
  #show(ready: Drawn): boolean {
    try {
      this.parts.scanout.show(ready.slot);
    } catch (error) {
      this.#refusals.refused(errnoOf(error) ?? 0, error);
      return false;
    }
    this.#shown = true;
    this.#accepted(ready);
    this.ahead.flipped(ready);
    return true;
  }

  #commit(ready: Drawn): void {
    const before = this.parts.clock.now();
    const result = this.parts.scanout.commit(ready.slot, ready.fence);
    this.meter.commitMs = this.parts.clock.now() - before;
    this.meter.committedAt = before;
    this.#ownClock.committed(before);
    if (result === 0) this.#accepted(ready);
    else this.#refusals.refused(-result, rejection(-result));
  }

  /** Local state follows only what the kernel accepted. */
  #accepted(ready: Drawn): void {
    this.ahead.accepted(ready);
    this.#refusals.over();
  }
}
