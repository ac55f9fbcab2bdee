/** All processes of a client: the group that it leads, with whoever it starts and does not move elsewhere. */
import { constants } from 'node:os';
import { errnoOf } from '../errors.js';
import { Alarm, monotonicClock, type Clock } from '../loop/index.js';

/** So long after they were asked to end those that are left are killed. */
const graceMs = 5000;
/** How often it is looked whether any are left. */
const lookMs = 20;
/** So long after SIGKILL one that is still there waits in the kernel, for nothing that could be done here. */
const stuckMs = 1000;

/** As process.kill. */
export type Kill = (pid: number, signal: NodeJS.Signals | 0) => unknown;

export class ProcessGroup {
  readonly #alarm: Alarm;
  #asked = false;
  #killedAt = Infinity;

  /** `leader`: the process that has its number. */
  constructor(
    private readonly leader: number,
    private readonly clock: Clock = monotonicClock,
    private readonly kill: Kill = process.kill.bind(process),
  ) {
    this.#alarm = new Alarm(clock);
  }

  /** Asks the leader to end, which knows best in which order the others do, and kills all that are left five seconds later; asked again, it kills them now. */
  end(): void {
    if (this.#asked) this.#killAll();
    else this.#ask(this.leader);
  }

  /** The leader has ended, and so do the others. Resolves when none is left. */
  async gone(): Promise<void> {
    this.#ask(-this.leader);
    await new Promise<void>((resolve) => {
      this.#look(resolve);
    });
    this.#alarm.cancel();
  }

  #look(resolve: () => void): void {
    const isStuck = this.clock.now() - this.#killedAt > stuckMs;
    // The number of a group is given to nobody else while anyone is in it.
    if (isStuck || !this.#signal(-this.leader, 0)) resolve();
    else new Alarm(this.clock).start(lookMs, () => this.#look(resolve));
  }

  #ask(whom: number): void {
    this.#signal(whom, 'SIGTERM');
    if (!this.#asked) this.#alarm.start(graceMs, () => this.#killAll());
    this.#asked = true;
  }

  #killAll(): void {
    this.#alarm.cancel();
    this.#killedAt = Math.min(this.#killedAt, this.clock.now());
    this.#signal(-this.leader, 'SIGKILL');
  }

  /** False where there is nobody. */
  #signal(whom: number, signal: NodeJS.Signals | 0): boolean {
    try {
      this.kill(whom, signal);
      return true;
    } catch (error) {
      return errnoOf(error) !== constants.errno.ESRCH;
    }
  }
}
