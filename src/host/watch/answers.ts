/** When QEMU is answered that a dma-buf was read: the host's pace, as the guest's flush fences have it. */

export interface Pace {
  /** At most so many answers a second; default: at once. */
  readonly hz?: number | undefined;
  /** Each answer is so much later, ms. */
  readonly lateMs?: number | undefined;
  /** Once, a second after the first update, nothing is answered for so long, ms. */
  readonly stallMs?: number | undefined;
}

/** What the tests set forward themselves. */
export interface AnswerClock {
  now(): number;
  setTimer(call: () => void, ms: number): () => void;
}

const stallAfterMs = 1_000;

const systemClock: AnswerClock = {
  now: () => performance.now(),
  setTimer: (call, ms) => {
    const timer = setTimeout(call, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

export class Answers {
  given = 0;
  #first: number | undefined;
  /** When the one before was due. */
  #last = -Infinity;
  readonly #cancels = new Set<() => void>();

  constructor(
    private readonly pace: Pace,
    private readonly clock: AnswerClock = systemClock,
  ) {}

  /** Calls `answer` when it is due, from within this call where that is now. */
  settle(answer: () => void): void {
    const now = this.clock.now();
    this.#first ??= now;
    const due = this.#due(now, this.#first);
    this.#last = due;
    const give = () => {
      this.given++;
      answer();
    };
    if (due <= now) give();
    else this.#later(give, due - now);
  }

  /** What is not yet answered never is: the end of the connection answers it. */
  close(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }

  #due(now: number, first: number): number {
    const { hz, lateMs = 0, stallMs = 0 } = this.pace;
    const due = Math.max(now + lateMs, this.#last + (hz === undefined ? 0 : 1000 / hz));
    const stalled = first + stallAfterMs;
    return due >= stalled && due < stalled + stallMs ? stalled + stallMs : due;
  }

  #later(give: () => void, ms: number): void {
    const cancel = this.clock.setTimer(() => {
      this.#cancels.delete(cancel);
      give();
    }, ms);
    this.#cancels.add(cancel);
  }
}
