/** A buffer at the consumer's end: its memory, mapped at most once. */
import { coded, GuestheadError } from '../../errors.js';
import type { NativeMapping } from '../../native/index.js';
import type { Layout } from '../protocol/messages.js';
import type { BufferMemory } from './channel.js';

export class HostedMemory {
  #mapping: NativeMapping | undefined;
  #isOpen = true;

  /** Takes `memory` over. */
  constructor(
    readonly layout: Layout,
    private readonly memory: BufferMemory,
  ) {}

  get fd(): number | undefined {
    return this.#isOpen ? this.memory.fd : undefined;
  }

  /** Throws ERR_CLOSED, ERR_SYSTEM. */
  map(): NativeMapping {
    if (!this.#isOpen) throw new GuestheadError('ERR_CLOSED', 'The buffer is gone');
    try {
      return (this.#mapping ??= this.memory.map(Number(this.layout.size)));
    } catch (error) {
      throw coded(error);
    }
  }

  /** Idempotent. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#mapping?.close();
    this.memory.close();
  }
}
