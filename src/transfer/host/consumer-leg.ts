/**
 * One consumer, as the broker has it: what it was told, and what it may answer.
 *
 * The one place that decides what becomes of a consumer that does not keep up: it is dropped when its socket is full. A message
 * that is skipped would be an export that it never releases, or a revocation that it never hears of; and a consumer that reads has
 * never more than a few messages a buffer before it.
 */
import type { SendResult } from '../../ipc/index.js';
import { versionFor } from '../protocol/greeting.js';
import { kindOf, type MessageOf, type TransferMessage } from '../protocol/messages.js';
import type { ConsumerId } from './exports.js';
import type { GuestPages } from './guest-memory.js';
import type { BrokerLimits } from './limits.js';
import { Recent } from './recent.js';
import { violation } from './violation.js';

/** The way to it. */
export interface LegChannel {
  /** `pages` go with a `buffer`. */
  send(message: TransferMessage, pages?: GuestPages): SendResult;
  close(): void;
}

export interface LegHandlers {
  /** It has greeted, and is told of what is exported from now on. */
  joined(leg: ConsumerLeg): void;
  released(leg: ConsumerLeg, id: string): void;
  unregistered(leg: ConsumerLeg, handle: number): void;
  /** Once; it is closed by then. `why` is a sentence's end. */
  left(leg: ConsumerLeg, why: string): void;
}

/** Characters: what a stranger calls itself may be in it. */
const longestReason = 500;

export class ConsumerLeg {
  /** What it calls itself; empty until it has greeted. */
  name = '';
  readonly #held = new Set<string>();
  readonly #withdrawn = new Recent();
  readonly #buffers = new Map<number, 'told' | NodeJS.Timeout>();
  #greeting: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    readonly id: ConsumerId,
    private readonly channel: LegChannel,
    private readonly limits: BrokerLimits,
    private readonly handlers: LegHandlers,
  ) {
    const late = () => this.drop(`it did not greet within ${limits.answerMs} ms`);
    this.#greeting = setTimeout(late, limits.answerMs).unref();
  }

  /** Throws ERR_PROTOCOL, ERR_UNSUPPORTED for what it may not say: it is to be dropped then. */
  receive(message: TransferMessage): void {
    if (this.#closed) return;
    if (this.#greeting !== undefined) this.#greet(message);
    else if (message.type === 'released') this.#released(message.id);
    else if (message.type === 'unregistered') this.#unregistered(message.buffer);
    else throw violation(`a consumer does not say "${message.type}"`);
  }

  /** The buffer goes with its first export. */
  offer(buffer: MessageOf<'buffer'>, exported: MessageOf<'export'>, pages: GuestPages): void {
    if (!this.#buffers.has(buffer.buffer)) this.#send(buffer, pages);
    this.#buffers.set(buffer.buffer, 'told');
    this.#held.add(exported.id);
    this.#send(exported);
  }

  withdraw(id: string, reason: string): void {
    if (!this.#held.delete(id)) return;
    this.#withdrawn.add(id);
    this.#send({ type: 'revoked', id, reason });
  }

  /** Asks it to let go of a buffer that it was told of; one that does not within a time is dropped. */
  unregister(handle: number): void {
    if (this.#buffers.get(handle) !== 'told') return;
    const late = () => this.drop(`it did not let go of a buffer within ${this.limits.answerMs} ms`);
    this.#buffers.set(handle, setTimeout(late, this.limits.answerMs).unref());
    this.#send({ type: 'unregister', buffer: handle });
  }

  /** Says why, where it still reads. Idempotent. */
  drop(why: string): void {
    if (this.#closed) return;
    this.#send({
      type: 'refused',
      what: this.#greeting === undefined ? 0 : kindOf('hello'),
      buffer: 0,
      reason: why.slice(0, longestReason),
    });
    this.close(why);
  }

  /** Idempotent. */
  close(why: string): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#greeting);
    for (const timer of this.#buffers.values()) if (timer !== 'told') clearTimeout(timer);
    this.channel.close();
    this.handlers.left(this, why);
  }

  #greet(message: TransferMessage): void {
    if (message.type !== 'hello') throw violation(`it says "${message.type}" before it has greeted`);
    const version = versionFor(message);
    clearTimeout(this.#greeting);
    this.#greeting = undefined;
    this.name = message.name.slice(0, 64);
    this.#send({ type: 'welcome', version, mostBuffers: this.limits.buffers, mostBytes: this.limits.bytes });
    this.handlers.joined(this);
  }

  #released(id: string): void {
    if (this.#held.delete(id)) this.handlers.released(this, id);
    else if (!this.#withdrawn.take(id)) throw violation(`it releases ${id}, which it does not hold`);
  }

  #unregistered(handle: number): void {
    const timer = this.#buffers.get(handle);
    if (timer === undefined || timer === 'told') throw violation(`it lets go of buffer ${handle} without being asked`);
    clearTimeout(timer);
    this.#buffers.delete(handle);
    this.handlers.unregistered(this, handle);
  }

  /** In a later turn, for whoever sends is in the midst of telling all consumers. */
  #send(message: TransferMessage, pages?: GuestPages): void {
    if (this.#closed) return;
    const result = this.channel.send(message, pages);
    if (result === 'full') queueMicrotask(() => this.close('it does not read what it is told'));
    if (result === 'gone') queueMicrotask(() => this.close('it has gone'));
  }
}
