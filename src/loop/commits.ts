/** The commits of a head, one at a time: the first with the whole mode; held back after a refusal, or until their time. */
import { Alarm } from './alarm.js';
import type { FramesAhead } from './frames-ahead.js';
import { rejection } from './loop-faults.js';
import { OwnClock } from './pacing.js';
import type { Presented } from './present.js';
import type { PresenterParts } from './presenter-parts.js';
import { Refusals } from './refusals.js';

export interface CommitHandlers {
  /** What was held back may be committed now. */
  readonly again: () => void;
  readonly lost: (error: unknown) => void;
  readonly fatal: (error: unknown) => void;
  /** DRM master was lost, or is ours again. */
  readonly master: (isOurs: boolean) => void;
}

type Parts = Pick<PresenterParts<never>, 'scanout' | 'clock' | 'pace' | 'options' | 'report'>;

export class Commits {
  readonly refusals: Refusals;
  readonly #ownClock: OwnClock;
  /** A commit that waits: for another try, for DRM master, or for its time. */
  readonly #hold: Alarm;
  #modeset = true;

  constructor(
    private readonly parts: Parts,
    private readonly ahead: FramesAhead,
    private readonly handlers: CommitHandlers,
  ) {
    this.#ownClock = new OwnClock(parts.options.periodMs);
    this.#hold = new Alarm(parts.clock);
    this.refusals = new Refusals(this.#hold, parts.clock, parts.scanout, parts.report, {
      again: (wholeMode) => {
        if (wholeMode) this.#modeset = true;
        if (wholeMode) handlers.master(true);
        handlers.again();
      },
      lost: handlers.lost,
      fatal: handlers.fatal,
      noMaster: () => handlers.master(false),
    });
  }

  /** Commits what is ready, unless something is queued or it is held back: whether a commit was made. */
  next(): boolean {
    const { ready, queued } = this.ahead;
    if (ready === undefined || ready.unfinished || queued !== undefined || this.#hold.set) return false;
    const wait = this.parts.pace.freeRunning ? this.#ownClock.waitMs(this.parts.clock.now()) : 0;
    if (wait > 0) this.#hold.start(wait, this.handlers.again);
    else this.#commit(ready);
    return this.ahead.queued !== undefined;
  }

  stop(): void {
    this.#hold.cancel();
  }

  /** Local state follows only what the kernel accepted. */
  #commit(ready: Presented): void {
    const { clock, scanout } = this.parts;
    ready.committedAt = clock.now();
    ready.modeset = this.#modeset;
    const wantOutFence = ready.onOutFence !== undefined;
    const result = scanout.commit(ready.slot, ready.fence?.fd ?? -1, this.#modeset, ready.damage, wantOutFence);
    ready.commitMs = clock.now() - ready.committedAt;
    this.#ownClock.committed(ready.committedAt);
    if (result < 0) {
      this.refusals.refused(-result, rejection(-result, ready.modeset));
      return;
    }
    this.#modeset = false;
    this.ahead.accepted(ready, result === 0 ? undefined : scanout.adopt(result));
    this.refusals.over();
  }
}
