/** Which memory each buffer has, by which number the host is told of its pages, and when that memory may go. */
import { quietly } from '../../owner.js';
import type { TransferMessage } from '../protocol/messages.js';
import { PageLedger } from './page-ledger.js';
import type { PinnedMemory } from './pinned-memory.js';
import type { TransferBuffer } from './transfer-buffer.js';

/** The way to the host. */
export interface Speaker {
  /** False: nobody hears, or the port is full. */
  readonly send: (message: TransferMessage) => boolean;
  readonly isConnected: () => boolean;
}

export interface Held {
  readonly memory: PinnedMemory;
  /** By which the host knows the pages. */
  readonly number: number;
  /** The pages are a caller's. */
  readonly adopted: boolean;
  /** When the host was told of them, `performance.now()`, and how many milliseconds its first answer took. */
  saidAt: number;
  registerMs: number | undefined;
}

export class Registrations {
  readonly #pages = new PageLedger<PinnedMemory>();
  readonly #held = new Map<TransferBuffer, Held>();
  readonly #byNumber = new Map<number, TransferBuffer>();
  #onNothingAwaited: (() => void) | undefined;

  constructor(private readonly host: Speaker) {}

  get buffers(): readonly TransferBuffer[] {
    return [...this.#held.keys()];
  }

  of(buffer: TransferBuffer): Held | undefined {
    return this.#held.get(buffer);
  }

  /** Undefined for memory that no buffer uses any more. */
  bufferOf(number: number): TransferBuffer | undefined {
    return this.#byNumber.get(number);
  }

  /** Takes the memory over, in place of what the buffer had, and tells the host of it. */
  hold(buffer: TransferBuffer, memory: PinnedMemory, adopted: boolean): void {
    const number = this.#pages.add(memory);
    this.#held.set(buffer, { memory, number, adopted, saidAt: 0, registerMs: undefined });
    this.#byNumber.set(number, buffer);
    this.tell(buffer);
  }

  /** A broker is there, who knows nothing yet. */
  begin(): void {
    for (const number of this.#pages.unknown()) {
      const buffer = this.#byNumber.get(number);
      if (buffer !== undefined) this.tell(buffer);
    }
  }

  /** Tells the host of the buffer's pages, where it has not been told. `unheard`: the port is full, and the next export tries again. */
  tell(buffer: TransferBuffer): 'nobody' | 'registered' | 'registering' | 'unheard' {
    const held = this.#held.get(buffer);
    if (held === undefined || !this.host.isConnected()) return 'nobody';
    const { number, memory } = held;
    if (this.#pages.register(number)) {
      held.saidAt = performance.now();
      const isSaid = this.host.send({ type: 'register', buffer: number, ...buffer.layout, runs: memory.runs });
      if (!isSaid) this.#pages.refused(number);
      return isSaid ? 'registering' : 'unheard';
    }
    return this.#pages.isRegistered(number) ? 'registered' : 'registering';
  }

  /** The host knows them; false where that was not to be said. */
  registered(number: number): boolean {
    if (!this.#pages.registered(number)) return false;
    const buffer = this.#byNumber.get(number);
    const held = buffer && this.#held.get(buffer);
    if (held !== undefined) held.registerMs ??= performance.now() - held.saidAt;
    return true;
  }

  refused(number: number): void {
    this.#pages.refused(number);
  }

  /** From now on a consumer may hold them. */
  exported(number: number): void {
    this.#pages.exported(number);
  }

  /** The buffer goes, and its memory as soon as that may. */
  remove(buffer: TransferBuffer): void {
    const held = this.#held.get(buffer);
    this.#held.delete(buffer);
    if (held !== undefined) this.retire(held);
  }

  /** The buffer uses this memory no more. */
  retire({ number, memory }: Held): void {
    this.#byNumber.delete(number);
    memory.unmap();
    const { tell, gone } = this.#pages.retire(number);
    if (gone !== undefined) free(gone);
    if (tell) this.host.send({ type: 'unregister', buffer: number });
  }

  /** Nobody on the host holds them. The buffer that uses them still, which the host can show no longer. */
  unregistered(number: number): TransferBuffer | undefined {
    const memory = this.#pages.unregistered(number);
    if (memory !== undefined) free(memory);
    this.#tellNothingAwaited();
    return memory === undefined ? this.#byNumber.get(number) : undefined;
  }

  /** The broker is gone, and with it all that it knew. */
  hangUp(): void {
    for (const memory of this.#pages.hangUp()) free(memory);
    this.#tellNothingAwaited();
  }

  /** Resolves when the host has let go of all that was closed, or is gone. */
  untilNothingAwaited(): Promise<void> {
    return new Promise((resolve) => {
      this.#onNothingAwaited = resolve;
      this.#tellNothingAwaited();
    });
  }

  /** Frees what is parked still: nobody is left who could say that it may go. */
  freeAll(): void {
    for (const memory of this.#pages.drain()) free(memory);
  }

  #tellNothingAwaited(): void {
    if (this.#pages.awaited > 0) return;
    this.#onNothingAwaited?.();
    this.#onNothingAwaited = undefined;
  }
}

/** A failure to close says nothing that anybody could act on. */
function free(memory: PinnedMemory): void {
  quietly(() => memory.close());
}
