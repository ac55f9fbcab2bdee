/**
 * A producer's buffers on the host: their pages, and which consumers were given them.
 *
 *     register ──► known ──unregister──► going ──(no consumer has it, nor anybody else)──► gone
 */
import { kindOf, type Layout, type MessageOf } from '../protocol/messages.js';
import { closeQuietly } from '../../owner.js';
import { GuestheadError, messageOf } from '../../errors.js';
import type { ConsumerId } from './exports.js';
import type { GuestMemory, GuestPages } from './guest-memory.js';
import { faultOfLayout } from './layout.js';
import type { BrokerLimits } from './limits.js';
import { violation } from './violation.js';

export interface HostBuffer {
  /** The producer's. */
  readonly number: number;
  /** The broker's, which consumers know it by: never given twice, so that no late answer is about another buffer. */
  readonly handle: number;
  readonly layout: Layout;
  readonly pages: GuestPages;
  /** Who was given it, and has not let go. */
  readonly holders: Set<ConsumerId>;
  going: boolean;
}

export class BufferTable {
  readonly #buffers = new Map<number, HostBuffer>();
  #bytes = 0n;

  constructor(
    private readonly memory: GuestMemory,
    private readonly limits: Pick<BrokerLimits, 'buffers' | 'bytes'>,
    private readonly nextHandle: () => number,
  ) {}

  get size(): number {
    return this.#buffers.size;
  }

  all(): HostBuffer[] {
    return [...this.#buffers.values()];
  }

  /** One that is neither going nor gone. */
  known(number: number): HostBuffer | undefined {
    const found = this.#buffers.get(number);
    return found?.going === true ? undefined : found;
  }

  byHandle(handle: number): HostBuffer | undefined {
    return this.all().find((buffer) => buffer.handle === handle);
  }

  /** The refusal where it cannot be taken. Throws ERR_PROTOCOL for a number that is in use. */
  register({ type: _type, buffer: number, runs, ...layout }: MessageOf<'register'>): HostBuffer | MessageOf<'refused'> {
    if (this.#buffers.has(number)) throw violation(`it registers buffer ${number} twice`);
    const fault = faultOfLayout(layout) ?? this.#faultOfSize(layout.size);
    if (fault !== undefined) return refusalOf(number, fault);
    try {
      const pages = this.memory.take(runs, layout.size);
      const buffer = { number, handle: this.nextHandle(), layout, pages, holders: new Set<ConsumerId>(), going: false };
      this.#buffers.set(number, buffer);
      this.#bytes += layout.size;
      return buffer;
    } catch (error) {
      if (!(error instanceof GuestheadError)) throw error;
      return refusalOf(number, messageOf(error));
    }
  }

  /** Closes its pages. */
  remove(buffer: HostBuffer): void {
    if (!this.#buffers.delete(buffer.number)) return;
    this.#bytes -= buffer.layout.size;
    closeQuietly(buffer.pages);
  }

  #faultOfSize(size: bigint): string | undefined {
    if (this.#buffers.size >= this.limits.buffers) return `a producer may have ${this.limits.buffers} buffers`;
    const left = this.limits.bytes - this.#bytes;
    return size > left ? `a producer may have ${this.limits.bytes} bytes, of which ${left} are left` : undefined;
  }
}

function refusalOf(buffer: number, reason: string): MessageOf<'refused'> {
  return { type: 'refused', what: kindOf('register'), buffer, reason };
}
