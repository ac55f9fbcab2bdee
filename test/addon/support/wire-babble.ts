/** Messages that a client may send: mostly good ones, that lead somewhere, and broken ones between. */
import type { InterfaceTable, MessageTable } from '../../../src/native/wayland.js';
import { tables } from '../../../src/wayland/protocol/tables.js';
import type { Random } from '../../support/random.js';
import { WireClient, type Value } from '../../support/wayland-client.js';

const byName = new Map<string, InterfaceTable>(tables.map((table) => [table.name, table]));
const side = 16;
const poolBytes = 64 * 1024;
const sizes = [0, 1, 2, 3, 4, 7, 16, 64, 200];
const extremes = [-1, -(2 ** 31), 2 ** 31 - 1, 99, 4711, 65536, 0xffff_ffff];
const texts = ['', 'a title', 'text/plain;charset=utf-8', '\ud800', 'é'.repeat(1000), 'x'.repeat(4000)];

/** What it sends along. */
export interface BabbleFiles {
  /** Of 64 KiB. */
  readonly memory: number;
  readonly syncobj: number;
  readonly dmabuf: number;
  readonly none: number;
}

/** One connection, until the server ends it. */
export class WireBabble {
  /** Live objects by interface. */
  readonly #objects = new Map<string, number[]>();
  readonly #kinds = new Map<number, string>();
  /** What each xdg_surface was told last. */
  readonly #serials = new Map<number, number>();
  #buffer = 0;
  #error = 'without a word';
  #lost = false;

  private constructor(
    private readonly client: WireClient,
    private readonly random: Random,
    private readonly files: BabbleFiles,
  ) {
    for (const name of client.globals.keys()) if (byName.has(name)) this.#add(name, client.bind(name));
    this.#pool();
  }

  static async connect(path: string, random: Random, files: BabbleFiles): Promise<WireBabble> {
    return new WireBabble(await WireClient.connect(path), random, files);
  }

  /** The server has ended it, or does not understand it any more. */
  get gone(): boolean {
    return this.#lost || this.client.gone;
  }

  /** Why it was ended. */
  get error(): string {
    return this.#error;
  }

  /** Sends so many messages, and hears what is answered; `brokenly`: how likely each is nonsense. */
  async say(count: number, brokenly: number): Promise<void> {
    for (let left = count; left > 0; left--)
      if (this.random.chance(brokenly)) this.#nonsense();
      else if (this.random.chance(0.3)) this.#sense();
      else this.#anything();
    if (!this.#lost) await this.client.roundtrip();
    this.#hear();
  }

  close(): void {
    this.client.close();
  }

  #hear(): void {
    const { error } = this.client;
    if (error !== undefined) this.#error = `${this.#kinds.get(error.object)} ${error.code} ${error.text}`;
    const pings = new Map<number, number>();
    for (const { id, interface: kind, name, values } of this.client.events.splice(0)) {
      if (name === 'delete_id') this.#forget(values[0] as number);
      if (kind === 'xdg_surface') this.#serials.set(id, values[0] as number);
      if (kind === 'xdg_wm_base') pings.set(id, values[0] as number);
      const [, signature, types] = byName.get(kind)?.events.find((each) => each[0] === name) ?? ['', '', []];
      lettersOf(signature).forEach((letter, at) => {
        if (letter === 'n') this.#add(types[at] ?? '', values[at] as number);
      });
    }
    // Some of them may have gone with what came after.
    for (const [id, serial] of pings)
      if (!this.gone && this.#kinds.get(id) === 'xdg_wm_base') this.client.request(id, 'pong', serial);
  }

  /** A step of what real clients do. */
  #sense(): void {
    const { random } = this;
    const [compositor] = this.#all('wl_compositor');
    const [base] = this.#all('xdg_wm_base');
    const told = [...this.#serials.keys()].filter((id) => this.#kinds.get(id) === 'xdg_surface');
    const surfaces = this.#all('wl_surface');
    if (compositor !== undefined && (surfaces.length === 0 || random.chance(0.02))) this.#open(compositor, base);
    else if (told.length > 0 && random.chance(0.5)) this.#agree(random.pick(told));
    else if (surfaces.length > 0) this.#show(random.pick(surfaces));
  }

  /** A window, or half the time only a surface. */
  #open(compositor: number, base: number | undefined): void {
    const surface = this.#make('wl_surface', compositor, 'create_surface');
    if (base === undefined || this.random.chance(0.5)) return;
    const xdg = this.#make('xdg_surface', base, 'get_xdg_surface', surface);
    this.#make('xdg_toplevel', xdg, 'get_toplevel');
    this.client.request(surface, 'commit');
  }

  #agree(xdg: number): void {
    this.client.request(xdg, 'ack_configure', this.#serials.get(xdg) ?? 0);
    this.#serials.delete(xdg);
  }

  #show(surface: number): void {
    this.client.request(surface, 'attach', this.#buffer, 0, 0);
    this.client.request(surface, 'damage', 0, 0, side, side);
    this.#make('wl_callback', surface, 'frame');
    this.client.request(surface, 'commit');
  }

  #make(kind: string, by: number, request: string, ...values: Value[]): number {
    const made = this.client.request(by, request, ...values);
    this.#add(kind, made);
    return made;
  }

  /** Any request of any object; one that cannot be good is seldom said. */
  #anything(): void {
    const [kind, ids] = this.random.pick([...this.#objects].filter(([, those]) => those.length > 0));
    const requests = byName.get(kind)?.requests ?? [];
    if (requests.length === 0) return;
    const message = this.random.pick(requests);
    if (this.#isSenseless(kind, message) && this.random.chance(0.995)) return;
    const id = this.random.pick(ids);
    const [name, signature, types, destroys = false] = message;
    const files = lettersOf(signature).flatMap((letter) => (letter === 'h' ? [this.#file(name)] : []));
    const made = this.client.requestWith(files, id, name, ...this.#valuesOf(message));
    const madeAt = lettersOf(signature).indexOf('n');
    if (madeAt >= 0) this.#add(types[madeAt] ?? '', made);
    if (destroys) this.#forget(id);
  }

  /** Newer than the server's version, about objects that are not there, or one of the many ends of objects. */
  #isSenseless(kind: string, [, signature, types, destroys]: MessageTable): boolean {
    const [, newest = Infinity] = this.client.globals.get(kind) ?? [];
    if (Number.parseInt(signature, 10) > newest) return true;
    if (destroys === true) return this.random.chance(0.8);
    const needed = types.filter((type, at) => type !== null && lettersOf(signature)[at] === 'o');
    const lacks = (type: string | null) => this.#all(type ?? '').length < needed.filter((each) => each === type).length;
    return !signature.includes('?') && needed.some(lacks);
  }

  /** Mostly of the kind that the request wants. */
  #file(request: string): number {
    const { memory, syncobj } = this.files;
    const all: readonly number[] = Object.values(this.files);
    return this.random.chance(0.01) ? this.random.pick(all) : request === 'import_timeline' ? syncobj : memory;
  }

  #valuesOf([, signature, types]: MessageTable): Value[] {
    const named = new Set<number>();
    return lettersOf(signature).flatMap((letter, at): Value[] => {
      if (letter === 'n' || letter === 'h') return [];
      if (letter === 'o') return [this.#objectOf(types[at] ?? '', signature.includes('?'), named)];
      if (letter === 's') return [this.random.pick(texts)];
      if (letter === 'a') return [new Uint8Array(this.random.whole(0, 40))];
      return [this.#number()];
    });
  }

  /** Mostly another one than those that the message names already. */
  #objectOf(kind: string, mayBeNull: boolean, named: Set<number>): number {
    const { random } = this;
    const others = this.#all(kind).filter((id) => !named.has(id) || random.chance(0.01));
    const object =
      others.length > 0 && random.chance(0.995)
        ? random.pick(others)
        : mayBeNull || random.chance(0.8)
          ? 0
          : random.whole(1, 200);
    named.add(object);
    return object;
  }

  #number(): number {
    return this.random.chance(0.99) ? this.random.pick(sizes) : this.random.pick(extremes);
  }

  /** A message whose object, opcode, length and arguments may be anything. */
  #nonsense(): void {
    const { random } = this;
    const words = Array.from({ length: random.whole(0, 6) }, () => random.whole(0, random.chance(0.5) ? 8 : 2 ** 31));
    const isCut = random.chance(0.05);
    // The rest of a message that is longer may be waited for, and nothing more is understood.
    if (isCut) this.#lost = true;
    const length = isCut ? random.whole(0, 65535) : 8 + 4 * words.length;
    const id = random.pick([...this.#kinds.keys(), 1, 2, random.whole(0, 2 ** 31)]);
    this.client.raw(
      new Uint8Array(Uint32Array.from([id, ((length << 16) | random.whole(0, 20)) >>> 0, ...words]).buffer),
    );
  }

  #pool(): void {
    const [shm = 0] = this.#all('wl_shm');
    const { memory } = this.files;
    const pool = this.client.requestWith([memory], shm, 'create_pool', poolBytes);
    this.#buffer = this.client.request(pool, 'create_buffer', 0, side, side, 4 * side, 0);
  }

  #all(kind: string): readonly number[] {
    return this.#objects.get(kind) ?? [];
  }

  #add(kind: string, id: number): void {
    if (!byName.has(kind)) return;
    this.#kinds.set(id, kind);
    const those = this.#objects.get(kind) ?? [];
    those.push(id);
    this.#objects.set(kind, those);
  }

  #forget(id: number): void {
    const those = this.#objects.get(this.#kinds.get(id) ?? '');
    this.#kinds.delete(id);
    this.#serials.delete(id);
    if (those?.includes(id) === true) those.splice(those.indexOf(id), 1);
  }
}

const lettersOf = (signature: string): string[] => Array.from(signature.replace(/[0-9?]/g, ''));
