/** What becomes of a head that something went wrong with: whether that is told, mended by other buffers, tried again, or its end. */
import { classifyErrno, errnoOf, GuestheadError, saysLost } from '../errors.js';
import type { GpuPair } from '../gpus/index.js';
import { monotonicClock } from '../loop/index.js';
import type { ChangeQueue } from './change-queue.js';
import { FalseAlarms } from './false-alarms.js';
import { isOfScanout } from './host-refusal.js';
import type { Replacement } from './replacement.js';
import type { RunHolder } from './run-holder.js';

export interface FaultParts {
  readonly pair: GpuPair;
  readonly runs: RunHolder;
  /** Gets what went wrong without ending the stream. */
  readonly report: (fault: GuestheadError) => void;
  readonly sets: Replacement;
  readonly changes: ChangeQueue;
  /** The display is lost, and told to be. */
  readonly isLost: () => boolean;
  /** Shows frames again. */
  readonly start: () => void;
}

export class HeadFaults {
  readonly #falseAlarms: FalseAlarms;

  constructor(private readonly parts: FaultParts) {
    const { report, changes } = parts;
    this.#falseAlarms = new FalseAlarms(monotonicClock, report, () => void changes.run(() => this.#startAnew()));
  }

  /** Of whatever failed: whether it did so because a device is gone, which the heads have been told then. */
  isLoss(error: unknown): boolean {
    return this.parts.pair.loseWhatIsGone(error) || this.parts.isLost();
  }

  /** The loop ended with this. */
  ofLoop(error: unknown): void {
    if (this.isLoss(error)) return; // it comes back, or has told why not
    const errno = errnoOf(error);
    const kind = errno === undefined ? 'fatal' : classifyErrno(errno);
    const known = error instanceof GuestheadError ? error : undefined;
    if (known !== undefined && kind === 'step-down' && this.#blameClient(known)) return;
    if (this.parts.sets.failed(error)) return; // whoever replaced the set decides
    if (known !== undefined && kind === 'step-down') void this.parts.changes.run(() => this.#stepDown(known));
    else if (!saysLost(error) || !this.#falseAlarms.tryAgain(error)) this.end(error);
  }

  /** A change that nobody asked for failed with this. */
  ofChange(error: unknown): void {
    if (!this.isLoss(error)) this.end(error);
  }

  /** The kernel's log tells of it: a buffer that the host refuses is seen by nobody else, for the kernel goes on as if it were shown. */
  ofHost(fault: GuestheadError): void {
    const { report, runs, sets, changes } = this.parts;
    report(fault);
    if (!isOfScanout(fault) || runs.run?.blameClient(fault) === true) return;
    const refused = sets.current;
    if (!sets.canStepDown()) return;
    void changes.run(async () => {
      if (sets.current === refused) await this.#stepDown(fault); // one step for a burst of refusals
    });
  }

  /** A stream ends; a program's presents go on: what was refused was told. */
  end(error: unknown): void {
    const { runs, changes, start } = this.parts;
    const { run } = runs;
    runs.fail(error);
    if (run?.direct === true && !changes.ended) start();
  }

  /** Nothing is tried again any more. */
  cancel(): void {
    this.#falseAlarms.cancel();
  }

  /** A client's buffer that is refused says nothing about the head's own: it goes, and the head stays. */
  #blameClient(fault: GuestheadError): boolean {
    const { runs, report, start } = this.parts;
    if (runs.run?.blameClient(fault) !== true) return false;
    report(fault);
    start();
    return true;
  }

  async #stepDown(why: Error): Promise<void> {
    if (!this.parts.isLost()) await this.parts.sets.stepDown(why);
  }

  /** Nothing of what was on its way is trusted. */
  #startAnew(): void {
    this.parts.runs.run?.pause('lost');
    this.parts.start();
  }
}
