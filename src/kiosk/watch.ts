/** Asks clients whether they are still there, by xdg_wm_base.ping: libwayland tells nothing of one that has stopped. */
import { monotonicClock, type Clock } from '../loop/index.js';
import type { Client, Resource } from '../wayland/index.js';

export interface WatchOptions {
  readonly nextSerial: () => number;
  /** A client has not answered for 10 s; told once, until it answers. */
  readonly onHung: (client: Client) => void;
  /** One that was hung has answered. */
  readonly onBack?: ((client: Client) => void) | undefined;
  readonly clock?: Clock;
}

type Base = Resource<'xdg_wm_base'>;

interface Question {
  readonly serial: number;
  readonly askedMs: number;
  readonly cancel: () => void;
}

/** How often each client is asked. */
const everyMs = 5000;
const hungMs = 10_000;

export class Watch {
  readonly #clock: Clock;
  /** A client may have several of these objects, and answers for each; undefined: it has answered. */
  readonly #asked = new Map<Base, Question | undefined>();
  readonly #hung = new Set<Client>();
  #stop: (() => void) | undefined;

  constructor(private readonly options: WatchOptions) {
    this.#clock = options.clock ?? monotonicClock;
  }

  add(base: Base): void {
    this.#asked.set(base, undefined);
    this.#stop ??= this.#clock.after(everyMs, () => {
      this.#askAll();
    });
  }

  forget(base: Base): void {
    this.#asked.get(base)?.cancel();
    this.#asked.delete(base);
    if (this.#basesOf(base.client).length === 0) this.#hung.delete(base.client);
    if (this.#asked.size === 0) this.close();
  }

  /** Asks a client now, if it owes no answer. */
  ask(client: Client): void {
    for (const base of this.#basesOf(client)) this.#ask(base);
  }

  answered(base: Base, serial: number): void {
    const question = this.#asked.get(base);
    if (question?.serial !== serial) return;
    question.cancel();
    this.#asked.set(base, undefined);
    if (this.silentMs(base.client) < hungMs && this.#hung.delete(base.client)) this.options.onBack?.(base.client);
  }

  /** Since when, in ms, a client owes an answer; 0 where it owes none. */
  silentMs(client: Client): number {
    const now = this.#clock.now();
    return Math.max(0, ...this.#basesOf(client).map((base) => now - (this.#asked.get(base)?.askedMs ?? now)));
  }

  isHung(client: Client): boolean {
    return this.#hung.has(client);
  }

  /** Nobody is asked any more, until another client comes. Idempotent. */
  close(): void {
    this.#stop?.();
    this.#stop = undefined;
    for (const question of this.#asked.values()) question?.cancel();
  }

  #askAll(): void {
    for (const base of this.#asked.keys()) this.#ask(base);
    this.#stop = this.#clock.after(everyMs, () => {
      this.#askAll();
    });
  }

  #ask(base: Base): void {
    if (this.#asked.get(base) !== undefined) return;
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
