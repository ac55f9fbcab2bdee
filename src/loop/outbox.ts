/** Calls to the program's callbacks: made once the events of a turn have been answered, and none of them stops the loop. */
import { GuestheadError, messageOf } from '../errors.js';
import { appended } from '../lists.js';

export class Outbox {
  #calls: (() => void)[] | undefined;

  constructor(
    /** Runs once the events of this turn have been handled, those of other heads too. */
    private readonly defer: (callback: () => void) => void,
    /** Gets what a callback throws. */
    private readonly report: (fault: GuestheadError) => void,
  ) {}

  post(call: () => void): void {
    const isFirst = this.#calls === undefined;
    this.#calls = appended(this.#calls, call);
    if (isFirst) this.defer(this.#send);
  }

  readonly #send = (): void => {
    const calls = this.#calls ?? [];
    this.#calls = undefined;
    for (const call of calls) this.#run(call);
  };

  #run(call: () => void): void {
    try {
      call();
    } catch (cause) {
      this.report(new GuestheadError('ERR_CALLBACK', `A callback threw: ${messageOf(cause)}`, { cause }));
    }
  }
}
