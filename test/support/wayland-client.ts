/** A Wayland client without libwayland: it writes the messages as they are told, also those that none would send. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { loadNative } from '../../src/native/index.js';
import type { InterfaceTable, MessageTable } from '../../src/native/wayland.js';
import { tables } from '../../src/wayland/protocol/tables.js';

export type Value = number | string | Uint8Array | null;

export interface WireEvent {
  readonly id: number;
  readonly interface: string;
  readonly name: string;
  readonly values: readonly unknown[];
}

/** What libwayland serves itself, and the tables leave out. */
const ownOfLibrary: readonly InterfaceTable[] = [
  {
    name: 'wl_display',
    version: 1,
    requests: [
      ['sync', 'n', ['wl_callback']],
      ['get_registry', 'n', ['wl_registry']],
    ],
    events: [
      ['error', 'ous', [null, null, null]],
      ['delete_id', 'u', [null]],
    ],
  },
  {
    name: 'wl_registry',
    version: 1,
    requests: [['bind', 'usun', [null, null, null, null]]],
    events: [
      ['global', 'usu', [null, null, null]],
      ['global_remove', 'u', [null]],
    ],
  },
];

const byName = new Map([...ownOfLibrary, ...tables].map((table) => [table.name, table]));
const display = 1;

export class WireClient {
  readonly events: WireEvent[] = [];
  /** Offered globals: name → [number, version]. */
  readonly globals = new Map<string, [number: number, version: number]>();
  /** Each wl_output, by its number. */
  readonly #outputs: number[] = [];
  #interfaces = new Map<number, string>([[display, 'wl_display']]);
  #nextId = 2;
  #pending = Buffer.alloc(0);
  #waiting: (() => void)[] = [];

  private constructor(private readonly socket: Socket) {
    socket.on('data', (bytes) => {
      this.#receive(bytes);
    });
    socket.setMaxListeners(0); // each wait has one, until the end
    // The server may be gone while a request is under way.
    socket.on('error', () => undefined);
  }

  /** Connects, and knows the globals when it resolves. */
  static async connect(path: string): Promise<WireClient> {
    const socket = connect(path);
    await once(socket, 'connect');
    const client = new WireClient(socket);
    client.request(display, 'get_registry');
    await client.roundtrip();
    for (const { name, values } of client.events.splice(0)) if (name === 'global') client.#offered(values);
    return client;
  }

  /** The number of the new object, where the request makes one. Values are those of the protocol, new ids left out. */
  request(id: number, name: string, ...values: readonly Value[]): number {
    return this.requestWith([], id, name, ...values);
  }

  /** The same with descriptors, which stay the caller's; among the values there is nothing for them. */
  requestWith(fds: readonly number[], id: number, name: string, ...values: readonly Value[]): number {
    const table = this.#tableOf(id);
    const opcode = table.requests.findIndex((each) => each[0] === name);
    const message = table.requests[opcode];
    if (message === undefined) throw new Error(`${table.name} has no request ${name}`);
    return this.#send(id, opcode, message, values, fds);
  }

  bind(name: string, version?: number): number {
    const [number, newest] = this.globals.get(name) ?? [];
    if (number === undefined || newest === undefined) throw new Error(`${name} is not offered`);
    const id = this.#nextId;
    this.#interfaces.set(id, name);
    this.request(2, 'bind', number, name, version ?? newest);
    return id;
  }

  /** All of them, in the order of the heads. */
  bindOutputs(): number[] {
    const [, version = 0] = this.globals.get('wl_output') ?? [];
    return this.#outputs.map((number) => {
      this.globals.set('wl_output', [number, version]);
      return this.bind('wl_output');
    });
  }

  /** As they are, whatever they are. */
  raw(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Resolves when the server has answered all that was sent, or has hung up. */
  async roundtrip(): Promise<void> {
    const callback = this.request(display, 'sync');
    while (!this.gone && !this.events.some(({ id, name }) => id === callback && name === 'done')) await this.#more();
    const at = this.events.findIndex(({ id, name }) => id === callback && name === 'done');
    if (at >= 0) this.events.splice(at, 1);
  }

  /** Resolves when the server has hung up. */
  async end(): Promise<void> {
    while (!this.gone) await this.#more();
  }

  get gone(): boolean {
    return this.socket.destroyed || this.socket.readableEnded;
  }

  /** What wl_display.error said, or undefined. */
  get error(): { object: number; code: number; text: string } | undefined {
    const said = this.events.find((event) => event.interface === 'wl_display' && event.name === 'error');
    if (said === undefined) return undefined;
    const [object, code, text] = said.values as [number, number, string];
    return { object, code, text };
  }

  /** Of one object, in their order. */
  eventsOf(wanted: number): [string, ...unknown[]][] {
    return this.events.filter(({ id }) => id === wanted).map(({ name, values }) => [name, ...values]);
  }

  close(): void {
    this.socket.destroy();
  }

  #offered([number, name, version]: readonly unknown[]): void {
    this.globals.set(name as string, [number as number, version as number]);
    if (name === 'wl_output') this.#outputs.push(number as number);
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.socket.once('close', resolve);
    });
  }

  #tableOf(id: number): InterfaceTable {
    const table = byName.get(this.#interfaces.get(id) ?? '');
    if (table === undefined) throw new Error(`object ${id} is unknown`);
    return table;
  }

  #send(
    id: number,
    opcode: number,
    [, signature, types]: MessageTable,
    values: readonly unknown[],
    fds: readonly number[],
  ): number {
    const left = [...values];
    let made = 0;
    const parts = lettersOf(signature).map((letter, index) => {
      if (letter === 'h') return Buffer.alloc(0);
      if (letter !== 'n') return argument(letter, left.shift());
      made = this.#nextId++;
      if (types[index] !== null && types[index] !== undefined) this.#interfaces.set(made, types[index]);
      return argument('u', made);
    });
    const body = Buffer.concat(parts);
    const bytes = Buffer.concat([words(id, ((body.length + 8) << 16) | opcode), body]);
    if (fds.length === 0) this.raw(bytes);
    else loadNative().sendMessage(this.#fd, bytes, Uint32Array.from(fds));
    return made;
  }

  /** Node's own sockets send no descriptors; what they were given to write before is sent at once. */
  get #fd(): number {
    return (this.socket as unknown as { _handle: { fd: number } })._handle.fd;
  }

  #receive(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= 8) {
      const [id, head] = [this.#pending.readUInt32LE(0), this.#pending.readUInt32LE(4)];
      if (this.#pending.length < head >>> 16) break;
      this.#take(id, head & 0xffff, this.#pending.subarray(8, head >>> 16));
      this.#pending = this.#pending.subarray(head >>> 16);
    }
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #take(id: number, opcode: number, body: Buffer): void {
    const table = byName.get(this.#interfaces.get(id) ?? '');
    if (table === undefined) return; // made by a message that was broken on purpose
    const [name, signature, types] = table.events[opcode] ?? ['unknown', '', []];
    let at = 0;
    const values = lettersOf(signature).map((letter, index) => {
      const [value, size] = valueAt(letter, body, at);
      at += size;
      if (letter === 'n') this.#interfaces.set(value as number, types[index] ?? '');
      return value;
    });
    if (id === display && name === 'delete_id') this.#interfaces.delete(values[0] as number);
    this.events.push({ id, interface: table.name, name, values });
  }
}

function words(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, index) => bytes.writeUInt32LE(number >>> 0, 4 * index));
  return bytes;
}

function argument(letter: string, value: unknown): Buffer {
  if (letter === 's' && value === null) return words(0);
  if (letter === 's') return sized(Buffer.from(`${value as string}\0`));
  if (letter === 'a') return sized(value as Uint8Array);
  return words(letter === 'f' ? Math.round((value as number) * 256) : ((value as number | null) ?? 0));
}

function sized(bytes: Uint8Array): Buffer {
  return Buffer.concat([words(bytes.length), bytes, Buffer.alloc(-bytes.length & 3)]);
}

function valueAt(letter: string, body: Buffer, at: number): [value: unknown, size: number] {
  if (letter === 'h') return [undefined, 0];
  if (letter === 'i') return [body.readInt32LE(at), 4];
  if (letter === 'f') return [body.readInt32LE(at) / 256, 4];
  const word = body.readUInt32LE(at);
  if (letter === 's') return [word === 0 ? null : body.toString('utf8', at + 4, at + 3 + word), 4 + ((word + 3) & ~3)];
  if (letter === 'a') return [Uint8Array.from(body.subarray(at + 4, at + 4 + word)), 4 + ((word + 3) & ~3)];
  return [word, 4];
}

function lettersOf(signature: string): string[] {
  return Array.from(signature.replace(/[0-9?]/g, ''));
}
