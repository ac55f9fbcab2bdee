/** A commit that fails as if the display were gone, on a display that is not: tried again, unless that persists. */
import { GuestheadError, errnoOf } from '../errors.js';
import { Alarm, type Clock } from '../loop/index.js';

const retryMs = 105;
/** So many in a row are no accident. */
const most = 10;
/** Without one for so long they are over. */
const overMs = 5000;

export class FalseAlarms {
  readonly #retry: Alarm;
  #count = 0;
  #lastAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly report: (fault: GuestheadError) => void,
    /** Flips again. */
    private readonly again: () => void,
  ) {
    this.#retry = new Alarm(clock);
  }

  /** Flips again in a moment; false where it has been tried often enough. */
  tryAgain(error: unknown): boolean {
    const now = this.clock.now();
    if (now - this.#lastAt > overMs) this.#count = 0;
    this.#lastAt = now;
    if (++this.#count > most) return false;
    if (this.#count === 1) this.report(falseAlarm(error));
    this.#retry.start(retryMs, this.again);
    return true;
  }

  cancel(): void {
    this.#retry.cancel();
  }
}

function falseAlarm(cause: unknown): GuestheadError {
  const what = 'The display refused a commit as if it were gone, and is there';
  return new GuestheadError('ERR_COMMIT', what, { errno: errnoOf(cause), cause, advice: 'it is tried again' });
}
