/** A Wayland client within this process, without libwayland: as much of one as shows that the kiosk serves clients. */
import { Socket } from 'node:net';
import { GuestheadError } from '../errors.js';
import type { Native } from '../native/index.js';
import { eventName, requestCode } from '../wayland/index.js';

export type TrialAddon = Pick<Native, 'connectStream' | 'createMemory' | 'sendMessage'>;

type OnEvent = (name: string, body: Buffer) => void;

export interface OfferedGlobal {
  readonly name: string;
  readonly version: number;
}

interface Known {
  readonly kind: string;
  readonly onEvent: OnEvent;
}

const [display, registry] = [1, 2];
/** What libwayland serves itself: sync, get_registry, bind; error; global. */
const [syncCode, registryCode, bindCode] = [0, 1, 0];

export class TrialClient {
  readonly globals: OfferedGlobal[] = [];
  readonly #numbers = new Map<string, { readonly number: number; readonly version: number }>();
  readonly #known = new Map<number, Known>();
  readonly #socket: Socket;
  #pending: Buffer = Buffer.alloc(0);
  #last = registry;
  #fail: (error: unknown) => void = () => undefined;
  /** Rejects when the connection ends. */
  readonly failed: Promise<never>;

  /** To the kiosk that listens at `path`. Throws NativeError. */
  constructor(
    private readonly addon: TrialAddon,
    path: string,
  ) {
    this.#fd = addon.connectStream(Buffer.from(path));
    this.#socket = new Socket({ fd: this.#fd });
    this.failed = new Promise((_, reject) => (this.#fail = reject));
    this.failed.catch(() => undefined); // whoever waits hears of it
    this.#socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(refused('hung up')));
    this.#send(display, registryCode, [registry]);
  }

  readonly #fd: number;

  /** Resolves when the kiosk has done all that it was asked for so far. */
  answered(): Promise<void> {
    return this.#first('wl_callback', (id) => this.#send(display, syncCode, [id]));
  }

  /** A global's object, in the version that is offered, or the newest one that this client knows. */
  bind(name: string, mostVersion: number, onEvent?: OnEvent): number {
    const offered = this.#numbers.get(name);
    if (offered === undefined) throw refused(`does not offer ${name}`);
    const id = this.#make(name, onEvent);
    this.#send(registry, bindCode, [offered.number, name, Math.min(offered.version, mostVersion), id]);
    return id;
  }

  /** A request that makes an object, whose number comes first among its values. */
  make(id: number, request: string, kind: string, values: readonly number[] = [], onEvent?: OnEvent, fds = noFds) {
    const made = this.#make(kind, onEvent);
    this.request(id, request, [made, ...values], fds);
    return made;
  }

  request(id: number, name: string, values: readonly number[] = [], fds = noFds): void {
    const kind = this.#known.get(id)?.kind ?? '';
    this.#send(id, requestCode(kind, name), values, fds);
  }

  /** Asks for the next frame; resolves when it is time for it. */
  frame(surface: number): Promise<void> {
    return this.#first('wl_callback', (id) => this.request(surface, 'frame', [id]));
  }

  /** Idempotent. */
  close(): void {
    this.#socket.destroy();
  }

  #first(kind: string, ask: (id: number) => void): Promise<void> {
    return Promise.race([this.failed, new Promise<void>((resolve) => ask(this.#make(kind, () => resolve())))]);
  }

  #make(kind: string, onEvent: OnEvent = () => undefined): number {
    this.#last++;
    this.#known.set(this.#last, { kind, onEvent });
    return this.#last;
  }

  #send(id: number, code: number, values: readonly (number | string)[], fds = noFds): void {
    const body = Buffer.concat(values.map(encoded));
    const bytes = Buffer.concat([word(id), word(((body.length + 8) << 16) | code), body]);
    try {
      this.addon.sendMessage(this.#fd, bytes, fds);
    } catch (error) {
      this.#fail(error);
    }
  }

  #receive(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= 8) {
      const [id, head] = [this.#pending.readUInt32LE(0), this.#pending.readUInt32LE(4)];
      if (this.#pending.length < head >>> 16) return;
      const body = this.#pending.subarray(8, head >>> 16);
      this.#pending = this.#pending.subarray(head >>> 16);
      this.#take(id, head & 0xffff, body);
    }
  }

  #take(id: number, code: number, body: Buffer): void {
    if (id === display && code === 0) this.#fail(refused(`says ${textAt(body, 8)}`));
    else if (id === registry && code === 0) this.#offered(body);
    const { kind, onEvent } = this.#known.get(id) ?? {};
    if (kind !== undefined) onEvent?.(eventName(kind, code), body);
  }

  #offered(body: Buffer): void {
    const name = textAt(body, 4);
    const version = body.readUInt32LE(body.length - 4);
    this.globals.push({ name, version });
    this.#numbers.set(name, { number: body.readUInt32LE(0), version });
  }
}

const noFds = new Uint32Array();

function refused(what: string): GuestheadError {
  return new GuestheadError('ERR_PROTOCOL', `The kiosk ${what} to a client of its own`);
}

function encoded(value: number | string): Buffer {
  if (typeof value === 'number') return word(value);
  const text = Buffer.from(`${value}\0`);
  return Buffer.concat([word(text.length), text, Buffer.alloc(-text.length & 3)]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function textAt(body: Buffer, at: number): string {
  return body.toString('utf8', at + 4, at + 3 + body.readUInt32LE(at));
}
