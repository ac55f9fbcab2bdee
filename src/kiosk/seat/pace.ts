/** Runs something at most once a refresh: with the flip, or by a timer where nothing flips. */
import { Alarm, type Clock } from '../../loop/index.js';

/** What cannot be said now is tried again so much later. */
const againMs = 100;

export class RefreshPace {
  readonly #alarm: Alarm;
  #last = -Infinity;
  #wanted = false;

  /** `run` says whether everything is done. */
  constructor(
    private readonly clock: Clock,
    private readonly periodMs: () => number,
    private readonly run: () => boolean,
  ) {
    this.#alarm = new Alarm(clock);
  }

  /** At once where nothing ran for a refresh, else with the next flip, or when that is overdue. */
  want(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    const left = this.#last + this.periodMs() - this.clock.now();
    if (left <= 0) this.#run();
    else this.#alarm.start(Math.ceil(left) + 1, () => this.#run());
  }

  /** A flip has happened, by its own time: one that is heard of late begins no other refresh than that which has heard already. */
  refresh(flippedMs = this.clock.now()): void {
    if (this.#wanted && flippedMs >= this.#last) this.#run();
  }

  close(): void {
    this.#wanted = false;
    this.#alarm.cancel();
  }

  #run(): void {
    this.#last = this.clock.now();
    this.#alarm.cancel();
    this.#wanted = !this.run();
    if (this.#wanted) this.#alarm.start(Math.max(againMs, this.periodMs()), () => this.#run());
  }
}
