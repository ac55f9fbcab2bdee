/** A commit that was refused: waited out, tried again, or the end; never a busy loop. */
import { classifyErrno, type GuestheadError } from '../errors.js';
import type { Alarm } from './alarm.js';
import { notMaster } from './loop-faults.js';
import type { Scanout } from './scanout.js';

/** A little more than a tenth of a second, so that never more than ten tries come in one. */
const retryMs = 105;
/** About two seconds of them. */
const maxTries = 20;
const regainMs = 250;

export interface RefusalHandlers {
  /** Commits again; `wholeMode` after another process had the display. */
  readonly again: (wholeMode: boolean) => void;
  readonly lost: (error: unknown) => void;
  readonly fatal: (error: unknown) => void;
}

export class Refusals {
  #tries = 0;
  #noMaster = false;

  constructor(
    /** While it is set nothing is committed. */
    private readonly hold: Alarm,
    private readonly scanout: Pick<Scanout, 'regain'>,
    private readonly report: (fault: GuestheadError) => void,
    private readonly handlers: RefusalHandlers,
  ) {}

  refused(errno: number, error: unknown): void {
    const kind = classifyErrno(errno);
    if (kind === 'regain') this.#lostMaster(errno);
    else if (kind === 'lost') this.handlers.lost(error);
    else if (kind === 'wait' && ++this.#tries < maxTries) this.#tryLater();
    else this.handlers.fatal(error);
  }

  /** A commit was accepted. */
  over(): void {
    this.#tries = 0;
    this.#noMaster = false;
  }

  #tryLater(): void {
    this.hold.start(retryMs, () => {
      this.handlers.again(false);
    });
  }

  #lostMaster(errno: number): void {
    if (!this.#noMaster) this.report(notMaster(errno));
    this.#noMaster = true;
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
