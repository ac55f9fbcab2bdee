/** A producer on a port and memory of the test's own: what it says is read here, and every descriptor is counted. */
import { MessageStream } from '../../src/transfer/protocol/message-stream.js';
import {
  encode,
  type MessageName,
  type MessageOf,
  type TransferMessage,
} from '../../src/transfer/protocol/messages.js';
import type { MemoryCalls } from '../../src/transfer/guest/pinned-memory.js';
import type { PortCalls } from '../../src/transfer/guest/port-calls.js';
import { Producer, type ProducerParts } from '../../src/transfer/guest/producer.js';
import type { NativeMapping } from '../../src/native/index.js';
import type { NativePort } from '../../src/native/port.js';
import { nativeError } from '../../src/testing/index.js';
import { messagesIn } from './messages-in.js';

const [EPERM, ENODEV] = [1, 19];

/** As the kernel's driver has it: without a host it is at its end, and takes nothing; the host's going is told at once. */
export class FakePort implements PortCalls {
  readonly sent: TransferMessage[] = [];
  readonly open$ = new Set<number>();
  readonly watchers = new Set<() => void>();
  /** How often it was asked while nobody had the host's side. */
  asked = 0;
  /** Bytes that are taken before it is full. */
  room = Infinity;
  plugged = true;
  /** Hears each message of the producer. */
  onSent: ((message: TransferMessage) => void) | undefined;
  #host = false;
  #inbound: Buffer[] = [];
  #stream = new MessageStream();
  #next = 100;

  open(_path: string, room: Uint8Array, onRead: (count: number) => void): NativePort {
    if (!this.plugged) throw nativeError(ENODEV, 'open');
    const fd = ++this.#next;
    this.open$.add(fd);
    const tell = () => {
      const count = this.plugged ? this.#read(room) : -ENODEV;
      if (count !== -1) onRead(count);
    };
    return {
      watch: () => void this.watchers.add(tell),
      unwatch: () => void this.watchers.delete(tell),
      read: () => {
        this.#check(fd);
        const count = this.#read(room);
        if (count === 0) this.asked++;
        return count;
      },
      write: (bytes, length) => {
        this.#check(fd);
        return this.#write(bytes.subarray(0, length));
      },
      close: () => {
        this.watchers.delete(tell);
        if (!this.open$.delete(fd)) throw new Error(`${fd} is not open`);
      },
    };
  }

  /** Somebody takes the host's side. */
  connect(): void {
    this.#host = true;
    this.#stream = new MessageStream();
  }

  hangUp(): void {
    this.#host = false;
    this.#inbound = [];
    this.#tell();
  }

  unplug(): void {
    this.plugged = false;
    this.hangUp();
  }

  /** What the host says, as messages or as bytes. */
  say(...said: (TransferMessage | Buffer)[]): void {
    for (const one of said) this.#inbound.push(Buffer.isBuffer(one) ? one : encode(one));
    while (this.#inbound.length > 0 && this.watchers.size > 0) this.#tell();
  }

  /** Those of one kind that the producer has said, in order. */
  said<Name extends MessageName>(name: Name): MessageOf<Name>[] {
    return this.sent.filter(({ type }) => type === name) as unknown as MessageOf<Name>[];
  }

  #read(room: Uint8Array): number {
    const [first] = this.#inbound;
    if (first === undefined) return this.#host ? -1 : 0;
    const count = first.copy(room);
    if (count < first.length) this.#inbound[0] = first.subarray(count);
    else this.#inbound.shift();
    return count;
  }

  #write(bytes: Uint8Array): number {
    if (!this.#host) return 0;
    const count = Math.min(bytes.length, this.room);
    this.room -= count;
    for (const message of messagesIn(this.#stream, Buffer.from(bytes.subarray(0, count)))) {
      this.sent.push(message);
      this.onSent?.(message);
    }
    return count;
  }

  #tell(): void {
    for (const tell of [...this.watchers]) tell();
  }

  #check(fd: number): void {
    if (!this.open$.has(fd)) throw new Error(`${fd} is not open`);
    if (!this.plugged) throw nativeError(ENODEV, 'read');
  }
}

export class FakePages implements MemoryCalls {
  readonly open = new Set<number>();
  /** What the next allocation fails with. */
  failure: Error | undefined;
  mayName = true;
  mappings = 0;
  /** Calls that begin or end the CPU's turn. */
  accesses = 0;
  #next = 1000;

  readonly createMemory = (): number => this.#open();
  readonly wrapMemory = (): number => this.#open();
  readonly duplicate = (): number => this.#open();
  readonly pageRuns = (memory: number, bytes: number): BigUint64Array => {
    if (!this.mayName) throw nativeError(EPERM, 'read /proc/self/pagemap');
    return BigUint64Array.of(BigInt(memory), 1n, BigInt(memory + 5), BigInt(bytes / 4096 - 1));
  };
  /** What was drawn into last. */
  drawn = new ArrayBuffer(0);
  readonly mapDmabuf = (_fd: number, bytes: number): NativeMapping => {
    this.mappings++;
    this.drawn = new ArrayBuffer(bytes);
    const unmap = () => {
      this.mappings--;
    };
    return {
      buffer: this.drawn,
      beginAccess: () => void this.accesses++,
      endAccess: () => void this.accesses++,
      close: unmap,
    };
  };
  readonly close = (fd: number): void => {
    if (!this.open.delete(fd)) throw new Error(`${fd} is not open`);
  };

  #open(): number {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    this.open.add(++this.#next);
    return this.#next;
  }
}

export const welcome: MessageOf<'welcome'> = { type: 'welcome', version: 1, mostBuffers: 64, mostBytes: 2n ** 30n };

export function transferRig(parts: Partial<ProducerParts> = {}): {
  port: FakePort;
  pages: FakePages;
  producer: Producer;
} {
  const [port, pages] = [new FakePort(), new FakePages()];
  const find = () => '/dev/vport1p3';
  const producer = new Producer({ find, name: 'test', releaseTimeoutMs: 1000, memory: pages, port, ...parts });
  return { port, pages, producer };
}

/** A broker that takes all, and releases each export in a later turn of the event loop; `onReleased` is called after each. */
export function obligingBroker(port: FakePort, onReleased: () => void = () => undefined): void {
  const answers: Partial<Record<MessageName, (message: never) => TransferMessage>> = {
    hello: () => welcome,
    register: ({ buffer }: MessageOf<'register'>) => ({ type: 'registered', buffer }),
    export: ({ id }: MessageOf<'export'>) => ({ type: 'released', id }),
    unregister: ({ buffer }: MessageOf<'unregister'>) => ({ type: 'unregistered', buffer }),
  };
  port.onSent = (message) => {
    const answer = answers[message.type]?.(message as never);
    if (answer !== undefined) setImmediate(() => port.say(answer));
    if (answer?.type === 'released') setImmediate(onReleased);
  };
  port.connect();
}
