/** What is said over the port: the greeting first, then messages, from the beginning with each who takes the host's side. */
import { GuestheadError, messageOf } from '../../errors.js';
import { hello } from '../protocol/greeting.js';
import { malformed, Room } from '../protocol/fields.js';
import { MessageStream } from '../protocol/message-stream.js';
import {
  bytesOf,
  encode,
  kindOf,
  versions,
  write,
  type MessageName,
  type MessageOf,
  type TransferMessage,
} from '../protocol/messages.js';
import { Port } from './port.js';
import type { PortCalls } from './port-calls.js';

/** What a broker may say to a producer after the greeting. */
export type FromBroker = Extract<
  TransferMessage,
  { readonly type: 'registered' | 'refused' | 'released' | 'revoked' | 'unregistered' }
>;

export interface ConnectionHandlers {
  /** The broker has taken the greeting. */
  connected(welcome: MessageOf<'welcome'>): void;
  received(message: FromBroker): void;
  /** The broker does not speak with us; it may be replaced by one that does. */
  refused(why: GuestheadError): void;
  /** Nothing that was agreed holds any longer. */
  ended(why: string): void;
}

const full = 'the port is full: the host does not read it';
/** Every message fits but a page list. */
const roomBytes = 4096;
const expected: readonly MessageName[] = ['registered', 'refused', 'released', 'revoked', 'unregistered'];

export class Connection {
  readonly #port: Port;
  /** What is said is written here: the port has taken or copied it when it returns. */
  readonly #room = new Room(Buffer.alloc(roomBytes));
  #stream = new MessageStream();
  #isOpen = false;

  /** Opens the port; throws as it does. `name` is who we are in what the broker says. */
  constructor(
    find: () => string,
    private readonly name: string,
    private readonly handlers: ConnectionHandlers,
    calls?: PortCalls,
  ) {
    const up = () => this.#greet();
    const received = (bytes: Buffer, length: number) => this.#read(bytes, length);
    const down = (why: string) => this.#end(why);
    this.#port = new Port(find, { up, received, down }, calls);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** False: nobody hears, or the host does not read what it is told: it begins anew then, soon. */
  send(message: TransferMessage): boolean {
    if (!this.#isOpen) return false;
    const isSaid = this.#say(message);
    if (!isSaid) setImmediate(() => this.#port.restart(full));
    return isSaid;
  }

  /** Calls no handler. Idempotent. */
  close(): void {
    this.#isOpen = false;
    this.#port.close();
  }

  #greet(): void {
    this.#stream = new MessageStream();
    this.#say(hello(this.name));
  }

  #say(message: TransferMessage): boolean {
    if (bytesOf(message) > roomBytes) return this.#port.send(encode(message));
    return this.#port.send(this.#room.bytes, write(this.#room, message));
  }

  #read(bytes: Buffer, length: number): void {
    try {
      const stream = this.#stream; // a message may lead to another
      stream.push(bytes, length);
      for (let message = stream.next(); message !== undefined; message = stream.next()) this.#take(message);
    } catch (error) {
      if (!(error instanceof GuestheadError && error.code === 'ERR_PROTOCOL')) throw error;
      this.handlers.refused(error);
      this.#port.restart(messageOf(error));
    }
  }

  #take(message: TransferMessage): void {
    if (!this.#isOpen) this.#answerGreeting(message);
    else if (isExpected(message)) this.handlers.received(message);
    else if (message.type !== 'welcome') throw malformed(`a broker does not say "${message.type}" to a producer`);
  }

  /** What is left of an earlier producer's conversation comes before the answer, and is none of ours. */
  #answerGreeting(message: TransferMessage): void {
    if (message.type === 'refused' && message.what === kindOf('hello')) this.handlers.refused(refusal(message.reason));
    if (message.type !== 'welcome') return;
    if (message.version < versions.oldest || message.version > versions.newest)
      throw malformed(`the broker chose version ${message.version}, which was not offered`);
    this.#isOpen = true;
    this.#port.trust();
    this.handlers.connected(message);
  }

  #end(why: string): void {
    this.#isOpen = false;
    this.handlers.ended(why);
  }
}

function isExpected(message: TransferMessage): message is FromBroker {
  return expected.includes(message.type);
}

function refusal(reason: string): GuestheadError {
  return new GuestheadError('ERR_UNSUPPORTED', `The broker on the host refuses this producer: ${reason}`, {
    advice: 'bring both ends to a version of guesthead that the other knows',
  });
}
