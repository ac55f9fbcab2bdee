/** What a signal means to a run: while it measures, the end of its flips; before and after that, the end of the process. */
import { Subject, type Observable } from 'rxjs';
import { endBySignal, endingSignals } from '../head/index.js';
import { withoutEcho } from './signal-echo.js';

export class RunSignals {
  readonly #signal$ = new Subject<NodeJS.Signals>();

  /** Listens from now on. */
  constructor() {
    for (const signal of endingSignals) process.on(signal, this.#onSignal);
  }

  /** Who subscribes ends well by the signal; without a subscriber it ends the process, with the screen given back. */
  get signal$(): Observable<NodeJS.Signals> {
    return this.#signal$.asObservable();
  }

  close(): void {
    for (const signal of endingSignals) process.off(signal, this.#onSignal);
  }

  readonly #onSignal = withoutEcho((signal) => {
    if (this.#signal$.observed) this.#signal$.next(signal);
    else endBySignal(signal);
  });
}
