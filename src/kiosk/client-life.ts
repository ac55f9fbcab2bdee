/** A client's life: it is started, and again where it ends, as a policy has it. */
import { messageAndAdvice } from '../errors.js';
import { Alarm, monotonicClock, type Clock } from '../loop/index.js';
import type { RestartPolicy } from './declared.js';
import type { Ended, Launched } from './launch.js';

type Running = Pick<Launched, 'ended' | 'end'>;

export interface LifeOptions {
  readonly start: () => Running;
  readonly restart: RestartPolicy;
  /** A line for people. */
  readonly say: (text: string) => void;
  /** Another one that has not come up, from the third in a row on: the next is waited with, or none follows any more. */
  readonly onTrouble?: ((trouble: Trouble) => void) | undefined;
  readonly clock?: Clock | undefined;
}

export interface Trouble {
  /** How the last one ended. */
  readonly ended: Ended;
  /** So many in a row have not come up. */
  readonly failures: number;
  /** The next one is started so much later; undefined: it is given up. */
  readonly pauseMs: number | undefined;
}

/** One that has ended sooner has not come up, and the next is waited with, longer each time. */
const cameUpMs = 10_000;
const [firstPauseMs, mostPauseMs] = [500, 30_000];
/** So many in a row that have not come up, and no more are started: something else is wrong. */
const mostFailures = 10;
/** So many, and people are told on the screen: one or two may well be chance. */
const troublingFailures = 3;

export class ClientLife {
  /** How the last one ended, once no other follows. */
  readonly ended: Promise<Ended>;
  readonly #pause: Alarm;
  readonly #clock: Clock;
  #resolve: (ended: Ended) => void = () => undefined;
  #running: Running | undefined;
  #failures = 0;
  #starts = 0;
  #last: Ended = { code: null, signal: null };
  #over = false;

  /** Starts the first one. */
  constructor(private readonly options: LifeOptions) {
    this.#clock = options.clock ?? monotonicClock;
    this.#pause = new Alarm(this.#clock);
    this.ended = new Promise((resolve) => (this.#resolve = resolve));
    this.#start();
  }

  /** How many have been started. */
  get starts(): number {
    return this.#starts;
  }

  /** None runs, and the next is waited with. */
  get pauses(): boolean {
    return this.#pause.set;
  }

  /** The one that runs is asked to end, and killed where that is asked for twice; no other follows it. */
  end(): void {
    this.#over = true;
    this.#pause.cancel();
    if (this.#running === undefined) this.#resolve(this.#last);
    else this.#running.end();
  }

  /** Asks the one that runs to end, unless that was done; no other follows it. Idempotent. */
  close(): void {
    if (!this.#over) this.end();
  }

  #start(): void {
    this.#starts++;
    const startedAt = this.#clock.now();
    const running = this.#launch();
    this.#running = running;
    void running.ended.then((ended) => {
      this.#running = undefined;
      this.#last = ended;
      this.#follow(this.#clock.now() - startedAt);
    });
  }

  /** One that cannot be started has ended, as a shell would have it. */
  #launch(): Running {
    try {
      return this.options.start();
    } catch (error) {
      this.options.say(`the client cannot be started: ${messageAndAdvice(error)}`);
      return { ended: Promise.resolve({ code: 126, signal: null }), end: () => undefined };
    }
  }

  #follow(livedMs: number): void {
    this.#failures = livedMs < cameUpMs ? this.#failures + 1 : 0;
    const isOver = this.#over || !this.#isWanted();
    const [ended, failures, pauseMs] = [this.#last, this.#failures, isOver ? undefined : this.#pauseMs()];
    if (!isOver && failures >= troublingFailures) this.options.onTrouble?.({ ended, failures, pauseMs });
    if (pauseMs === undefined) {
      this.#resolve(ended);
      return;
    }
    this.options.say(`the client ended (${howEnded(ended)}), and is started again in ${pauseMs / 1000} s`);
    this.#pause.start(pauseMs, () => {
      this.#start();
    });
  }

  #isWanted(): boolean {
    const { restart } = this.options;
    return restart === 'always' || (restart === 'on-failure' && this.#last.code !== 0);
  }

  /** Undefined: it is given up. */
  #pauseMs(): number | undefined {
    if (this.#failures < mostFailures)
      return Math.min(firstPauseMs * 2 ** Math.max(0, this.#failures - 1), mostPauseMs);
    this.options.say(
      `the client ended ${mostFailures} times within ${cameUpMs / 1000} s of its start, and is given up`,
    );
    return undefined;
  }
}

/** For people. */
export function howEnded({ code, signal }: Ended): string {
  return code === null ? String(signal) : `status ${code}`;
}
