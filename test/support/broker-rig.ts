/** A broker between a guest that the test plays and consumers: QEMU's socket is a listening one of the test's own. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from '../../src/ffi/index.js';
import type { Consumer, ReceivedBuffer } from '../../src/transfer/consumer/index.js';
import { openBroker, type Broker, type BrokerEvent, type BrokerLimits } from '../../src/transfer/host/index.js';
import { ExportIds } from '../../src/transfer/protocol/export-id.js';
import { hello } from '../../src/transfer/protocol/greeting.js';
import { MessageStream } from '../../src/transfer/protocol/message-stream.js';
import {
  encode,
  type MessageName,
  type MessageOf,
  type TransferMessage,
} from '../../src/transfer/protocol/messages.js';
import { FakeGuestMemory } from './fake-guest-memory.js';
import { messagesIn } from './messages-in.js';

export const picture = {
  width: 64,
  height: 32,
  stride: 256,
  format: format.XRGB8888,
  modifier: 0n,
  offset: 0,
} as const;
export const pagesOfPicture = 2;

export class TransferRig {
  readonly folder = mkdtempSync(join(tmpdir(), 'guesthead-transfer-'));
  readonly port = join(this.folder, 'port');
  readonly listen = join(this.folder, 'consumers');
  readonly events: BrokerEvent[] = [];
  broker!: Broker;
  isNextThere = false;
  #server: Server | undefined;
  #sockets: Socket[] = [];
  #connected: ((socket: Socket) => void) | undefined;

  /** `next`: the memory of the QEMU that follows where the first one ends. */
  constructor(
    readonly memory = new FakeGuestMemory(pagesOfPicture),
    private readonly next?: FakeGuestMemory,
  ) {}

  static async open(
    limits: Partial<BrokerLimits> = {},
    memory?: FakeGuestMemory,
    next?: FakeGuestMemory,
  ): Promise<TransferRig> {
    const rig = new TransferRig(memory, next);
    rig.#server = createServer((socket) => {
      rig.#sockets.push(socket);
      socket.on('error', () => undefined);
      rig.#connected?.(socket);
    }).listen(rig.port);
    await once(rig.#server, 'listening');
    await rig.openBroker(limits);
    return rig;
  }

  async openBroker(limits: Partial<BrokerLimits> = {}): Promise<void> {
    const { port, listen, next } = this;
    const memory = next === undefined ? this.memory : () => this.#memoryNow(next);
    this.broker = await openBroker({ memory, port, listen, limits });
    this.broker.events$.subscribe((event) => this.events.push(event));
  }

  #memoryNow(next: FakeGuestMemory): Promise<FakeGuestMemory> {
    if (!this.memory.closed) return Promise.resolve(this.memory);
    return this.isNextThere ? Promise.resolve(next) : Promise.reject(new Error('no QEMU listens'));
  }

  /** The guest's end of the broker's next connection, or of one that nobody has taken. */
  async guest(): Promise<FakeGuest> {
    const socket = this.#sockets.shift() ?? (await new Promise<Socket>((resolve) => (this.#connected = resolve)));
    this.#connected = undefined;
    this.#sockets = this.#sockets.filter((other) => other !== socket);
    return new FakeGuest(socket, this.memory);
  }

  /** A guest whose producer has greeted and been welcomed. */
  async producer(): Promise<FakeGuest> {
    const guest = await this.guest();
    guest.say(hello('a test'));
    await guest.hear('welcome');
    return guest;
  }

  close(): void {
    this.broker.close();
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    rmSync(this.folder, { recursive: true });
    this.memory.end();
    this.next?.end();
  }
}

/** What a producer says, and hears. */
export class FakeGuest {
  readonly heard: TransferMessage[] = [];
  readonly ended: Promise<unknown>;
  readonly #ids = new ExportIds();
  readonly #stream = new MessageStream();
  #sequence = 0n;
  #wake: (() => void) | undefined;

  constructor(
    readonly socket: Socket,
    private readonly memory: FakeGuestMemory,
  ) {
    this.ended = once(socket, 'close').catch(() => undefined); // by an error, too
    socket.on('data', (bytes: Buffer) => {
      this.heard.push(...messagesIn(this.#stream, bytes));
      this.#wake?.();
    });
    socket.on('close', () => this.#wake?.());
  }

  say(...messages: readonly TransferMessage[]): void {
    this.socket.write(Buffer.concat(messages.map(encode)));
  }

  register(buffer: number, slab = buffer, changes: Partial<MessageOf<'register'>> = {}): void {
    this.say(registration(this.memory, buffer, slab, changes));
  }

  /** Its id. */
  export(buffer: number, privateData: Uint8Array = new Uint8Array()): string {
    const sequence = ++this.#sequence;
    const id = this.#ids.next(buffer, Number(sequence));
    this.say({ type: 'export', id, buffer, sequence, privateData });
    return id;
  }

  /** Registered, with what the broker answers heard. */
  async registered(...buffers: readonly number[]): Promise<void> {
    for (const buffer of buffers) {
      this.register(buffer);
      await this.hear('registered');
    }
  }

  /** The next message of this kind; those before it are passed over. Fails where the connection ends before. */
  async hear<Name extends MessageName>(type: Name): Promise<MessageOf<Name>> {
    for (;;) {
      const at = this.heard.findIndex((message) => message.type === type);
      if (at >= 0) return this.heard.splice(0, at + 1).at(-1) as unknown as MessageOf<Name>;
      if (this.socket.destroyed) throw new Error(`the port ended before "${type}"`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

export function registration(
  memory: FakeGuestMemory,
  buffer: number,
  slab: number,
  changes: Partial<MessageOf<'register'>> = {},
): MessageOf<'register'> {
  const page = memory.slabs[slab]?.page ?? 0n;
  const size = BigInt(memory.pages * 4096);
  return { type: 'register', buffer, ...picture, size, runs: [{ page, count: memory.pages }], ...changes };
}

/** One of the event loop's turns after another, until it holds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const late = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > late) throw new Error(`not within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** What a consumer receives, from now on. */
export class Received {
  readonly all: ReceivedBuffer[] = [];
  /** With the error, where it ends with one. */
  readonly done: Promise<unknown>;
  #wake: (() => void) | undefined;

  constructor(readonly consumer: Consumer) {
    this.done = new Promise((resolve) => {
      consumer.buffers$.subscribe({
        next: (buffer) => {
          this.all.push(buffer);
          this.#wake?.();
        },
        error: resolve,
        complete: () => resolve(undefined),
      });
    });
  }

  /** The `count`th, from 1. */
  readonly buffers = async (count: number): Promise<ReceivedBuffer> => {
    while (this.all.length < count) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.all[count - 1]!;
  };
}
