/** A commit that was refused: waited out, tried again, or the end; never a busy loop. */
import { classifyErrno, type GuestheadError } from '../errors.js';
import type { Alarm } from './alarm.js';
import type { Clock } from './clock.js';
import { notMaster } from './loop-faults.js';
import type { Scanout } from './scanout.js';

/**
 * A commit of somebody else's, or the end of a flip, takes some milliseconds. What lasts longer may last for
 * as long as a display is off: from then on there are never more than ten tries in a second.
 */
const retryMs = [4, 40, 120] as const;
const regainMs = 250;

export interface RefusalHandlers {
  /** Commits again; `wholeMode` after another process had the display. */
  readonly again: (wholeMode: boolean) => void;
  readonly lost: (error: unknown) => void;
  readonly fatal: (error: unknown) => void;
  /** Another process has the display; `again` tells when it is ours again. */
  readonly noMaster: () => void;
}

export class Refusals {
  #tries = 0;
  #since: number | undefined;
  #errno = 0;
  #noMaster = false;

  constructor(
    /** While it is set nothing is committed. */
    private readonly hold: Alarm,
    private readonly clock: Clock,
    private readonly scanout: Pick<Scanout, 'regain' | 'gone'>,
    private readonly report: (fault: GuestheadError) => void,
    private readonly handlers: RefusalHandlers,
  ) {}

  /** Since when commits have been refused for the moment, on the clock; undefined while they are not. */
  get since(): number | undefined {
    return this.#since;
  }

  /** Of the last of those. */
  get errno(): number {
    return this.#errno;
  }

  refused(errno: number, error: unknown): void {
    const kind = classifyErrno(errno);
    if (kind === 'regain') this.#lostMaster(errno);
    else if (kind === 'wait' || (kind === 'lost' && !this.scanout.gone())) this.#tryLater(errno);
    else if (kind === 'lost') this.handlers.lost(error);
    else this.handlers.fatal(error);
  }

  /** A flip event of this CRTC may have ended what made the kernel refuse. */
  tryNow(): void {
    if (this.#since !== undefined && this.#tries === 1) this.hold.cancel();
  }

  /** A commit was accepted. */
  over(): void {
    this.#tries = 0;
    this.#since = undefined;
    this.#noMaster = false;
  }

  #tryLater(errno: number): void {
    this.#since ??= this.clock.now();
    this.#errno = errno;
    const ms = retryMs[Math.min(this.#tries++, retryMs.length - 1)] ?? 0;
    this.hold.start(ms, () => {
      this.handlers.again(false);
    });
  }

  #lostMaster(errno: number): void {
    if (!this.#noMaster) {
      this.#noMaster = true;
      this.report(notMaster(errno));
      this.handlers.noMaster();
    }
    this.#awaitMaster();
  }

  /** Nothing is committed until this process is DRM master again, and then the whole mode. */
  #awaitMaster(): void {
    this.hold.start(regainMs, () => {
      if (this.scanout.regain()) this.handlers.again(true);
      else this.#awaitMaster();
    });
  }
}
