/** The consumer's end: receives what a guest exports, and gives it back. */
import { Observable, Subscription, type Subscriber } from 'rxjs';
import { coded, GuestheadError } from '../../errors.js';
import { hello } from '../protocol/greeting.js';
import { kindOf, versions, type MessageOf, type TransferMessage } from '../protocol/messages.js';
import { malformed } from '../protocol/fields.js';
import type { BufferMemory, Channel, Received } from './channel.js';
import { HostedMemory } from './hosted-memory.js';
import { iterate } from './iterate.js';
import { ReceivedBuffer } from './received-buffer.js';

export class Consumer implements AsyncIterable<ReceivedBuffer> {
  /** Resolves when the broker has taken the greeting; rejects with its refusal, ERR_PROTOCOL, ERR_CLOSED. */
  readonly welcomed: Promise<void>;
  readonly #buffers = new Map<number, HostedMemory>();
  readonly #held = new Map<string, ReceivedBuffer>();
  readonly #messages = new Subscription();
  #welcome: { resolve(): void; reject(error: Error): void } | undefined;
  #subscriber: Subscriber<ReceivedBuffer> | undefined;
  /** The newest, for whoever subscribes next. */
  #waiting: ReceivedBuffer | undefined;
  #end: { readonly error: Error | undefined } | undefined;

  /** @internal Use `openConsumer`, or `broker.consumer()`. Takes the channel over. */
  constructor(
    private readonly channel: Channel,
    name: string,
  ) {
    this.welcomed = new Promise((resolve, reject) => (this.#welcome = { resolve, reject }));
    this.welcomed.catch(() => undefined); // also where nobody asks
    this.#messages.add(
      channel.messages$.subscribe({
        next: (received) => this.#guarded(received),
        error: (error: unknown) => this.#finish(coded(error)),
        complete: () => this.#finish(undefined),
      }),
    );
    this.#send(hello(name));
  }

  /**
   * Each export, in its order, held until it is released or taken back. One subscriber at a time (else ERR_USAGE); without one
   * the newest waits for it, and older ones are released. Completes when the broker or this consumer is closed; errors with what the
   * broker refused, and with ERR_PROTOCOL.
   */
  get buffers$(): Observable<ReceivedBuffer> {
    return new Observable((subscriber) => {
      if (this.#subscriber !== undefined)
        throw new GuestheadError('ERR_USAGE', 'The buffers are being received already');
      if (this.#end !== undefined) {
        complete(subscriber, this.#end.error);
        return;
      }
      this.#subscriber = subscriber;
      subscriber.add(() => (this.#subscriber = undefined));
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting?.isHeld === true) subscriber.next(waiting);
    });
  }

  /** The same for `for await`; what is not iterated over when the loop ends is released. */
  [Symbol.asyncIterator](): AsyncIterator<ReceivedBuffer> {
    return iterate(this.buffers$, (buffer) => buffer.release());
  }

  /** Releases all, closes every descriptor and mapping. Idempotent. */
  close(): void {
    if (this.#end === undefined) for (const buffer of [...this.#held.values()]) buffer.release();
    this.#finish(undefined);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #guarded({ message, memory }: Received): void {
    try {
      if (message.type === 'buffer' && memory !== undefined) this.#addBuffer(message, memory);
      else this.#take(message);
    } catch (error) {
      memory?.close();
      this.#finish(coded(error));
    }
  }

  #take(message: TransferMessage): void {
    switch (message.type) {
      case 'welcome':
        this.#welcomed(message.version);
        return;
      case 'refused':
        throw refusal(message);
      case 'export':
        this.#export(message);
        return;
      case 'revoked':
        this.#endExport(message.id);
        return;
      case 'unregister':
        this.#unregister(message.buffer);
        return;
      default:
        throw malformed(`a broker does not say "${message.type}" to a consumer`);
    }
  }

  #welcomed(version: number): void {
    if (version < versions.oldest || version > versions.newest)
      throw malformed(`the broker chose version ${version}, which was not offered`);
    this.#welcome?.resolve();
    this.#welcome = undefined;
  }

  #addBuffer({ type: _type, buffer, ...layout }: MessageOf<'buffer'>, memory: BufferMemory): void {
    if (this.#buffers.has(buffer)) throw malformed(`buffer ${buffer} comes twice`);
    this.#buffers.set(buffer, new HostedMemory(layout, memory));
  }

  #export(message: MessageOf<'export'>): void {
    const memory = this.#buffers.get(message.buffer);
    if (memory === undefined) throw malformed(`buffer ${message.buffer} is exported and did not come`);
    const received = new ReceivedBuffer(message, memory, ({ id }) => {
      this.#held.delete(id);
      this.#send({ type: 'released', id });
    });
    this.#held.set(message.id, received);
    if (this.#subscriber !== undefined) this.#subscriber.next(received);
    else {
      this.#waiting?.release();
      this.#waiting = received;
    }
  }

  #endExport(id: string): void {
    this.#held.get(id)?.end();
    this.#held.delete(id);
  }

  #unregister(number: number): void {
    for (const { id, buffer } of this.#held.values()) if (buffer === number) this.#endExport(id);
    this.#buffers.get(number)?.close();
    this.#buffers.delete(number);
    this.#send({ type: 'unregistered', buffer: number });
  }

  /** Nothing is said to a broker that has gone, which its messages' end tells. */
  #send(message: TransferMessage): void {
    if (this.#end !== undefined) return;
    if (this.channel.send(message) === 'full') {
      const error = new GuestheadError('ERR_SYSTEM', 'The broker does not read what it is told');
      queueMicrotask(() => this.#finish(error));
    }
  }

  #finish(error: Error | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#messages.unsubscribe();
    this.channel.close();
    for (const { id } of this.#held.values()) this.#endExport(id);
    for (const memory of this.#buffers.values()) memory.close();
    this.#buffers.clear();
    this.#welcome?.reject(error ?? new GuestheadError('ERR_CLOSED', 'The broker has closed the connection'));
    if (this.#subscriber !== undefined) complete(this.#subscriber, error);
  }
}

function complete(subscriber: Subscriber<ReceivedBuffer>, error: Error | undefined): void {
  if (error === undefined) subscriber.complete();
  else subscriber.error(error);
}

function refusal({ what, reason }: MessageOf<'refused'>): GuestheadError {
  if (what === kindOf('hello'))
    return new GuestheadError('ERR_UNSUPPORTED', `The broker does not serve this consumer: ${reason}`);
  return new GuestheadError('ERR_PROTOCOL', `The broker has dropped this consumer: ${reason}`);
}
