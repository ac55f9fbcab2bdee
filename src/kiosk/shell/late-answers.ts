/** Notices windows that were told a size and do not agree to it: what is shown of them has another one meanwhile. */
import { monotonicClock, type Clock } from '../../loop/index.js';
import type { Client } from '../../wayland/index.js';

/** An xdg_surface. */
interface Asked {
  readonly client: Client;
}

export interface LateAnswersOptions {
  /** One of a client's windows has not answered for 5 s; told once, until it answers. */
  readonly onLate: (client: Client) => void;
  readonly clock?: Clock | undefined;
}

const lateMs = 5000;

export class LateAnswers {
  readonly #clock: Clock;
  readonly #asked = new Map<Asked, () => void>();

  constructor(private readonly options: LateAnswersOptions) {
    this.#clock = options.clock ?? monotonicClock;
  }

  /** Its first question that waits counts. */
  asked(window: Asked): void {
    if (this.#asked.has(window)) return;
    const cancel = this.#clock.after(lateMs, () => {
      this.options.onLate(window.client);
    });
    this.#asked.set(window, cancel);
  }

  /** All of them, or it has gone. */
  answered(window: Asked): void {
    this.#asked.get(window)?.();
    this.#asked.delete(window);
  }

  /** Idempotent. */
  close(): void {
    for (const window of [...this.#asked.keys()]) this.answered(window);
  }
}
