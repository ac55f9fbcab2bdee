/** One timer that is set or not; a class of its own so that nobody forgets to cancel what it replaces. */
import type { Clock } from './clock.js';

export class Alarm {
  #cancel: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  get set(): boolean {
    return this.#cancel !== undefined;
  }

  /** Calls back once after `ms`, in place of what was set before. */
  start(ms: number, callback: () => void): void {
    this.cancel();
    this.#cancel = this.clock.after(ms, () => {
      this.#cancel = undefined;
      callback();
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
