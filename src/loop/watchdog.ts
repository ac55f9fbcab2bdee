/** Looks every now and then whether something waited for takes too long: a frame starts no timer of its own. */
import { Alarm } from './alarm.js';
import type { Clock } from './clock.js';

export class Watchdog {
  readonly #alarm: Alarm;
  #barked = false;

  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    /** Called at each look; since when it waits, on the clock, or undefined. */
    private readonly waitingSince: () => number | undefined,
    /** Called once for each wait that is too long. */
    private readonly bark: () => void,
  ) {
    this.#alarm = new Alarm(clock);
  }

  start(): void {
    this.#alarm.start(this.timeoutMs / 4, () => {
      this.start();
      const since = this.waitingSince();
      if (since === undefined || this.#barked || this.clock.now() - since < this.timeoutMs) return;
      this.#barked = true;
      this.bark();
    });
  }

  /** What was waited for has come. */
  calm(): void {
    this.#barked = false;
  }

  stop(): void {
    this.#alarm.cancel();
  }
}
