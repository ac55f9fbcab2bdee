/** One producer's life with the broker, from its greeting to its end, whichever it is. */
import { kindOf, mostPrivateBytes, type MessageOf, type TransferMessage } from '../protocol/messages.js';
import { BufferTable, type HostBuffer } from './buffer-table.js';
import type { ConsumerLeg } from './consumer-leg.js';
import { Exports, type ConsumerId, type Effect, type Export } from './exports.js';
import type { GuestMemory } from './guest-memory.js';
import type { BrokerLimits } from './limits.js';
import { Recent } from './recent.js';
import { violation } from './violation.js';

export interface SessionParts {
  readonly memory: GuestMemory;
  readonly limits: BrokerLimits;
  /** Those that have greeted, by id. */
  readonly consumers: ReadonlyMap<ConsumerId, ConsumerLeg>;
  readonly nextHandle: () => number;
  /** To the producer. */
  readonly send: (message: TransferMessage) => void;
}

/** Milliseconds between two looks at a dma-buf that somebody has, who is no consumer any more. */
const lookAgainMs = 100;

export class Session {
  readonly #exports: Exports;
  readonly #buffers: BufferTable;
  /** Ended at this end: the producer may revoke them before it hears of that. */
  readonly #ended = new Recent();
  #refusals = 0;
  #ending = 'the producer revoked it';
  #look: NodeJS.Timeout | undefined;

  constructor(private readonly parts: SessionParts) {
    this.#exports = new Exports(parts.consumers.keys());
    this.#buffers = new BufferTable(parts.memory, parts.limits, parts.nextHandle);
  }

  get buffers(): number {
    return this.#buffers.size;
  }

  /** Throws ERR_PROTOCOL for what a producer may not say: the session is to be ended then. */
  receive(message: TransferMessage): void {
    switch (message.type) {
      case 'register':
        this.#register(message);
        return;
      case 'export':
        this.#export(message);
        return;
      case 'revoke':
        this.#revoke(message.id);
        return;
      case 'unregister':
        this.#unregister(message.buffer);
        return;
      default:
        throw violation(`a producer does not say "${message.type}" here`);
    }
  }

  join(consumer: ConsumerId): void {
    this.#perform(this.#exports.join(consumer));
  }

  leave(consumer: ConsumerId): void {
    this.#perform(this.#exports.leave(consumer));
    for (const buffer of this.#buffers.all()) {
      buffer.holders.delete(consumer);
      this.#settle(buffer);
    }
  }

  release(id: string, consumer: ConsumerId): void {
    this.#perform(this.#exports.release(id, consumer));
  }

  unregistered(handle: number, consumer: ConsumerId): void {
    const buffer = this.#buffers.byHandle(handle);
    if (buffer === undefined) return; // of an earlier session
    buffer.holders.delete(consumer);
    this.#settle(buffer);
  }

  /** Takes all back: consumers hear of it first, then the pages go. */
  end(reason: string): void {
    clearTimeout(this.#look);
    this.#ending = reason;
    this.#perform(this.#exports.revokeAll());
    for (const buffer of this.#buffers.all()) this.#askToLetGo(buffer);
    for (const buffer of this.#buffers.all()) this.#buffers.remove(buffer);
  }

  #register(message: MessageOf<'register'>): void {
    const taken = this.#buffers.register(message);
    if ('type' in taken) this.#refuse(taken);
    else this.parts.send({ type: 'registered', buffer: taken.number });
  }

  #refuse(refusal: MessageOf<'refused'>): void {
    this.parts.send(refusal);
    if (++this.#refusals >= this.parts.limits.refusals)
      throw violation(`${this.#refusals} of its buffers could not be taken, the last because ${refusal.reason}`);
  }

  #export({ type: _type, ...exported }: MessageOf<'export'>): void {
    const { id, buffer, privateData } = exported;
    if (this.#buffers.known(buffer) === undefined)
      throw violation(`it exports buffer ${buffer}, which is not registered`);
    if (privateData.length > mostPrivateBytes)
      throw violation(`${privateData.length} bytes of private data come with an export, ${mostPrivateBytes} may`);
    if (this.#exports.has(id)) throw violation(`it exports ${id} twice`);
    if (this.#exports.ofBuffer(buffer) !== undefined) throw violation(`it exports buffer ${buffer}, which is locked`);
    this.#perform(this.#exports.add(exported));
  }

  #revoke(id: string): void {
    if (this.#exports.has(id)) this.#perform(this.#exports.revoke(id));
    else if (!this.#ended.take(id)) throw violation(`it revokes ${id}, which is not exported`);
  }

  #unregister(number: number): void {
    const buffer = this.#buffers.known(number);
    if (buffer === undefined) throw violation(`it unregisters buffer ${number}, which is not registered`);
    const exported = this.#exports.ofBuffer(number);
    if (exported !== undefined) this.#perform(this.#exports.revoke(exported.id));
    buffer.going = true;
    this.#askToLetGo(buffer);
    this.#settle(buffer);
  }

  #askToLetGo(buffer: HostBuffer): void {
    for (const holder of buffer.holders) this.parts.consumers.get(holder)?.unregister(buffer.handle);
  }

  /** Tells the producer once nobody holds the pages. */
  #settle(buffer: HostBuffer): void {
    if (!buffer.going || buffer.holders.size > 0) return;
    if (buffer.pages.heldElsewhere) {
      this.#lookAgain();
      return;
    }
    this.#buffers.remove(buffer);
    this.parts.send({ type: 'unregistered', buffer: buffer.number });
  }

  /** A consumer may have given its descriptor on: the kernel does not tell when that is closed. */
  #lookAgain(): void {
    this.#look ??= setTimeout(() => {
      this.#look = undefined;
      for (const buffer of this.#buffers.all()) this.#settle(buffer);
    }, lookAgainMs).unref();
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) this.#tell(effect);
  }

  #tell(effect: Effect): void {
    const { id } = effect.export;
    switch (effect.type) {
      case 'offer':
        this.#offer(effect.to, effect.export);
        return;
      case 'withdraw':
        this.parts.consumers.get(effect.from)?.withdraw(id, this.#ending);
        return;
      case 'released':
        this.#ended.add(id);
        this.parts.send({ type: 'released', id });
        return;
      case 'revoked':
        this.parts.send({ type: 'revoked', id, reason: this.#ending });
    }
  }

  #offer(to: ConsumerId, exported: Export): void {
    const buffer = this.#buffers.known(exported.buffer);
    if (buffer === undefined) return;
    const { handle, layout, pages } = buffer;
    buffer.holders.add(to);
    const told = { type: 'buffer', buffer: handle, ...layout } as const;
    this.parts.consumers.get(to)?.offer(told, { type: 'export', ...exported, buffer: handle }, pages);
  }
}

/** How a session that broke the protocol is told of it. */
export function farewell(reason: string): MessageOf<'refused'> {
  return { type: 'refused', what: 0, buffer: 0, reason: reason.slice(0, 500) };
}

/** The same before there is one. */
export function refusedGreeting(reason: string): MessageOf<'refused'> {
  return { ...farewell(reason), what: kindOf('hello') };
}
