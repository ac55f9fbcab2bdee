/**
 * The host's end of the transfer: takes a guest producer's buffers and hands dma-bufs of them to consumers, and nothing else of
 * the guest.
 *
 *     port ──bytes──► GreetingHunt ──► MessageStream ──► Session ◄──► Consumers ◄── sockets, or this process
 *                                                           └── GuestMemory
 */
import { Subject, type Observable } from 'rxjs';
import { coded, GuestheadError, messageOf } from '../../errors.js';
import { Consumer } from '../consumer/consumer.js';
import { MessageStream } from '../protocol/message-stream.js';
import { versionFor } from '../protocol/greeting.js';
import { encode, type MessageOf, type TransferMessage } from '../protocol/messages.js';
import type { BrokerEvent } from './broker-events.js';
import { Consumers } from './consumers.js';
import { GreetingHunt } from './greeting-hunt.js';
import type { GuestEvent } from './guest-memory.js';
import type { BrokerLimits } from './limits.js';
import type { MemoryKeeper } from './memory-keeper.js';
import { PortLink } from './port-link.js';
import type { Duplex } from 'node:stream';
import type { MessageSocket } from '../../ipc/index.js';
import { farewell, refusedGreeting, Session } from './session.js';

export interface BrokerParts {
  readonly memory: MemoryKeeper;
  readonly connect: () => Duplex | undefined;
  /** QEMU's id of the port's device. */
  readonly device: string;
  readonly connections$: Observable<MessageSocket>;
  readonly limits: BrokerLimits;
}

/** Milliseconds that somebody may speak without a greeting, before the connection begins anew. */
const strayMs = 1000;
const mappedOnly = "buffers can only be mapped in the broker's own process";

export class Broker {
  readonly #events = new Subject<BrokerEvent>();
  readonly #consumers: Consumers;
  readonly #port: PortLink;
  #handles = 0;
  #session: Session | undefined;
  #stream = new MessageStream();
  #hunt = new GreetingHunt();
  #stray: NodeJS.Timeout | undefined;
  #heldBack: Buffer[] | undefined;
  #closed = false;

  /** @internal Use `openBroker`. */
  constructor(private readonly parts: BrokerParts) {
    const { limits, memory } = parts;
    this.#consumers = new Consumers(limits, this.#ofConsumers(), () =>
      memory.whyMapped === undefined ? undefined : `${mappedOnly}: ${memory.whyMapped}`,
    );
    this.#consumers.listen(parts.connections$, (error) => this.#fail(error));
    memory.start(
      (event) => this.#onGuest(event),
      (why) => this.#onQemuEnd(why),
    );
    const received = (bytes: Buffer) => this.#onBytes(bytes);
    const down = (why: string) => this.#endSession(why);
    this.#port = new PortLink(parts.connect, { received, down }, limits.unreadBytes);
  }

  /** What happens, for people and for logs. Completes with the broker; errors where nobody can come any more. */
  get events$(): Observable<BrokerEvent> {
    return this.#events;
  }

  /** How consumers get at the pages; `mapping`: only those of this process do, since the host has no /dev/udmabuf. */
  get kind(): 'dma-buf' | 'mapping' | undefined {
    return this.parts.memory.kind;
  }

  /** Why there are no dma-bufs, a clause for people; undefined where there are. */
  get whyMapped(): string | undefined {
    return this.parts.memory.whyMapped;
  }

  /** A consumer in this process. Its buffers have no descriptor. Throws ERR_CLOSED. */
  consumer(name = 'the broker itself'): Consumer {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The broker is closed');
    return new Consumer(this.#consumers.local(), name);
  }

  /** Takes everything back from the consumers, then closes. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#endSession('the broker is closing');
    this.#consumers.close('the broker is closing');
    this.#port.close();
    this.parts.memory.close();
    this.#events.complete();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #ofConsumers(): ConstructorParameters<typeof Consumers>[1] {
    return {
      joined: (leg) => {
        this.#tell({ type: 'consumer', name: leg.name });
        this.#session?.join(leg.id);
      },
      left: (leg, why) => {
        if (leg.name !== '' || why !== 'it closed its end') this.#tell({ type: 'consumer-gone', name: leg.name, why });
        this.#session?.leave(leg.id);
      },
      released: (leg, id) => this.#session?.release(id, leg.id),
      unregistered: (leg, handle) => this.#session?.unregistered(handle, leg.id),
    };
  }

  #onBytes(bytes: Buffer): void {
    if (this.#heldBack !== undefined) this.#heldBack.push(bytes);
    else if (this.#session === undefined) this.#lookForGreeting(bytes);
    else this.#read(bytes);
  }

  /** Between producers: what the last one left half said goes by unread. */
  #lookForGreeting(bytes: Buffer): void {
    const from = this.#hunt.push(bytes);
    if (from === undefined) {
      const why = 'somebody speaks there without a greeting';
      this.#stray ??= setTimeout(() => this.#port.drop(why), strayMs).unref();
      return;
    }
    this.#stream = new MessageStream();
    this.#read(from);
  }

  #read(bytes: Buffer): void {
    try {
      const stream = this.#stream;
      stream.push(bytes);
      for (let message = stream.next(); message !== undefined; message = stream.next()) {
        if (message.type === 'hello' && this.#session !== undefined) {
          this.#hearSuccessor(message);
          return;
        }
        this.#take(message);
      }
    } catch (error) {
      const why = messageOf(error);
      this.#port.drop(why, encode(this.#session === undefined ? refusedGreeting(why) : farewell(why)));
    }
  }

  #take(message: TransferMessage): void {
    if (this.#session !== undefined) this.#session.receive(message);
    else if (message.type === 'hello') this.#begin(message);
  }

  /**
   * Another producer greets, and nothing was heard of the end of the one before. QEMU tells of that before it passes the
   * greeting on, if at all: what it has told is heard first.
   */
  #hearSuccessor(message: MessageOf<'hello'>): void {
    const rest = this.#stream.takeRest();
    this.#heldBack = [encode(message), rest];
    setTimeout(() => {
      this.#endSession('another producer has come');
      const held = this.#heldBack ?? [];
      this.#heldBack = undefined;
      for (const bytes of held) this.#onBytes(bytes);
    }, 1);
  }

  #begin(greeting: MessageOf<'hello'>): void {
    clearTimeout(this.#stray);
    this.#stray = undefined;
    const version = versionFor(greeting);
    const { limits, memory } = this.parts;
    const send = (message: TransferMessage) => this.#port.send(encode(message));
    const current = memory.current; // throws where QEMU has just gone
    send({ type: 'welcome', version, mostBuffers: limits.buffers, mostBytes: limits.bytes });
    const nextHandle = () => (this.#handles = (this.#handles % 0xffff_ffff) + 1);
    this.#session = new Session({ memory: current, limits, consumers: this.#consumers.joined, nextHandle, send });
    this.#tell({ type: 'producer', name: greeting.name.slice(0, 64) });
  }

  #endSession(why: string): void {
    const session = this.#session;
    clearTimeout(this.#stray);
    this.#stray = undefined;
    this.#session = undefined;
    this.#hunt = new GreetingHunt();
    if (session === undefined) return;
    session.end(why);
    this.#tell({ type: 'producer-gone', why });
  }

  #onGuest(event: GuestEvent): void {
    if (event.type === 'port') this.#onPort(event.device, event.open);
    else this.#endSession(event.type === 'reset' ? 'the guest restarts' : 'the guest has moved to another host');
  }

  /**
   * QEMU tells one such change a second, so that an end and a new beginning may come as one `open`: what was cut off by that end
   * is not waited for any longer.
   */
  #onPort(device: string, open: boolean): void {
    if (device !== this.parts.device) return;
    if (!open) this.#endSession('the producer has closed the port');
    else if (this.#session !== undefined && this.#stream.holdsPart) {
      const rest = this.#stream.takeRest();
      this.#endSession('another producer has come');
      this.#onBytes(rest);
    }
  }

  #onQemuEnd(why: string): void {
    this.#endSession(why);
    this.#tell({ type: 'qemu-gone', why });
  }

  #fail(error: Error): void {
    this.#events.error(coded(error));
    this.close();
  }

  #tell(event: BrokerEvent): void {
    this.#events.next(event);
  }
}
