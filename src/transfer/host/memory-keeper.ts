/** The memory of the guest that is there: learned anew where QEMU has ended and come back. */
import type { Subscription } from 'rxjs';
import { GuestheadError, messageOf } from '../../errors.js';
import type { GuestEvent, GuestMemory } from './guest-memory.js';

/** Milliseconds between two looks for a QEMU that has gone. */
const lookAgainMs = 500;

export class MemoryKeeper {
  #events: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #memory: GuestMemory | undefined;
  #onEvent: (event: GuestEvent) => void = () => undefined;
  #onEnd: (why: string) => void = () => undefined;

  /** Takes `memory` over. Without `reopen` the broker has no other guest. */
  constructor(
    memory: GuestMemory,
    private readonly reopen?: () => Promise<GuestMemory>,
  ) {
    this.#memory = memory;
  }

  get kind(): GuestMemory['kind'] | undefined {
    return this.#memory?.kind;
  }

  /** Why there are no dma-bufs, a clause; undefined where there are. */
  get whyMapped(): string | undefined {
    if (this.#memory?.kind !== 'mapping') return undefined;
    return this.#memory.whyMapped ?? 'the host has no /dev/udmabuf';
  }

  /** Throws ERR_SYSTEM while no guest is there. */
  get current(): GuestMemory {
    if (this.#memory === undefined) throw new GuestheadError('ERR_SYSTEM', 'QEMU has gone, and its memory with it');
    return this.#memory;
  }

  start(onEvent: (event: GuestEvent) => void, onEnd: (why: string) => void): void {
    this.#onEvent = onEvent;
    this.#onEnd = onEnd;
    this.#follow();
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#events?.unsubscribe();
    this.#memory?.close();
    this.#memory = undefined;
  }

  #follow(): void {
    this.#events = this.#memory?.events$.subscribe({
      next: (event) => this.#onEvent(event),
      error: (error: unknown) => this.#end(messageOf(error)),
      complete: () => this.#end('its monitor hung up'),
    });
  }

  /** Its pages go after the consumers have heard of it. */
  #end(why: string): void {
    if (this.#closed) return;
    const memory = this.#memory;
    this.#onEnd(why);
    this.#memory = undefined;
    memory?.close();
    this.#lookAgain();
  }

  #lookAgain(): void {
    const { reopen } = this;
    if (reopen === undefined || this.#closed) return;
    this.#timer = setTimeout(() => {
      reopen().then(
        (memory) => this.#take(memory),
        () => this.#lookAgain(),
      );
    }, lookAgainMs);
  }

  #take(memory: GuestMemory): void {
    if (this.#closed) {
      memory.close();
      return;
    }
    this.#memory = memory;
    this.#follow();
  }
}
