/** Asks clients whether they are still there, by xdg_wm_base.ping: libwayland tells nothing of one that has stopped. */
import { monotonicClock, type Clock } from '../loop/index.js';
import type { Client, Resource } from '../wayland/index.js';

export interface WatchOptions {
  readonly nextSerial: () => number;
  /** A client has not answered for 10 s; told once, until it answers. */
  readonly onHung: (client: Client) => void;
  /** A client has answered. */
  readonly onAnswered?: (client: Client) => void;
  readonly clock?: Clock | undefined;
}

type Base = Resource<'xdg_wm_base'>;

interface Question {
  readonly serial: number;
  readonly askedMs: number;
  /** Undefined once it was answered. */
  readonly cancel: (() => void) | undefined;
}

/** How often each client is asked. */
const everyMs = 5000;
const hungMs = 10_000;
/** How often one is asked that is sent much, and how long it may take for the answer meanwhile. */
const slowMs = 1000;

export class Watch {
  readonly #clock: Clock;
  /** The latest of each object; a client may have several, and answers for each. */
  readonly #asked = new Map<Base, Question | undefined>();
  readonly #hung = new Set<Client>();
  #stop: (() => void) | undefined;

  constructor(private readonly options: WatchOptions) {
    this.#clock = options.clock ?? monotonicClock;
  }

  add(base: Base): void {
    this.#asked.set(base, undefined);
    this.#stop ??= this.#later();
  }

  forget(base: Base): void {
    this.#asked.get(base)?.cancel?.();
    this.#asked.delete(base);
    if (this.#basesOf(base.client).length === 0) this.#hung.delete(base.client);
    if (this.#asked.size === 0) this.close();
  }

  answered(base: Base, serial: number): void {
    const question = this.#asked.get(base);
    if (question?.serial !== serial) return;
    question.cancel?.();
    this.#asked.set(base, { ...question, cancel: undefined });
    this.#hung.delete(base.client);
    this.options.onAnswered?.(base.client);
  }

  /** Whether a client that is about to be sent much has answered of late: it is asked at most once a second for that. */
  keepsUp(client: Client): boolean {
    const now = this.#clock.now();
    return this.#basesOf(client).every((base) => {
      const question = this.#asked.get(base);
      const isLate = now - (question?.askedMs ?? -Infinity) >= slowMs;
      if (isLate) this.#ask(base);
      return !isLate || question?.cancel === undefined;
    });
  }

  /** Nobody is asked any more, until another client comes. Idempotent. */
  close(): void {
    this.#stop?.();
    this.#stop = undefined;
    for (const question of this.#asked.values()) question?.cancel?.();
  }

  #later(): () => void {
    return this.#clock.after(everyMs, () => {
      for (const base of this.#asked.keys()) this.#ask(base);
      this.#stop = this.#later();
    });
  }

  /** One that owes an answer is not asked again. */
  #ask(base: Base): void {
    if (this.#asked.get(base)?.cancel !== undefined) return;
    const serial = this.options.nextSerial();
    const cancel = this.#clock.after(hungMs, () => {
      this.#overdue(base.client);
    });
    this.#asked.set(base, { serial, askedMs: this.#clock.now(), cancel });
    base.send.ping(serial);
  }

  #overdue(client: Client): void {
    if (this.#hung.has(client)) return;
    this.#hung.add(client);
    this.options.onHung(client);
  }

  #basesOf(client: Client): Base[] {
    return [...this.#asked.keys()].filter((base) => base.client === client);
  }
}
