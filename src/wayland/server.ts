/**
 * A Wayland server without a protocol of its own: who embeds it says what each global and request does. libwayland-server
 * moves the messages (native/wayland); this gives its numbers types, and keeps one client's faults from the others.
 */
import { Subject, type Observable } from 'rxjs';
import { coded, GuestheadError } from '../errors.js';
import { Client } from './client.js';
import { ObjectTable } from './objects.js';
import { openNative } from './open-native.js';
import { eventKinds, type Handle, type NativeWayland, type WaylandAddon } from '../native/wayland.js';
import { closeDescriptors } from './requests.js';
import { ProtocolError, Resource, type AnyResource, type InterfaceName } from './resource.js';

export interface WaylandOptions {
  /** Objects of one client; one more ends it. Default 4096. */
  readonly mostObjects?: number | undefined;
  /** Clients at the sockets; others wait until one has gone. Default 32. */
  readonly mostClients?: number | undefined;
  /** The part of a processor that one client may keep busy for so many seconds; then it is ended. Default a half for 5 s. */
  readonly mostLoad?: { readonly share: number; readonly seconds: number } | undefined;
}

export interface Fault {
  readonly error: unknown;
  /** Undefined where the client has gone already. */
  readonly client: Client | undefined;
}

export interface Global {
  /** Clients are told that it goes; it is forgotten a while later, since one may be about to bind it. Idempotent. */
  remove(): void;
}

type Bind = (resource: AnyResource) => void;

const usualLoad = { share: 0.5, seconds: 5 };
/** As long as a client may need to hear of a global's end. */
const forgottenAfterMs = 5000;

export class WaylandServer {
  /** @internal */
  readonly native: NativeWayland;
  readonly #clients = new Map<Handle, Client>();
  readonly #resources = new ObjectTable<AnyResource>();
  readonly #binds = new Map<Handle, Bind>();
  readonly #forgetting = new Set<NodeJS.Timeout>();
  readonly #connected$ = new Subject<Client>();
  readonly #gone$ = new Subject<Client>();
  readonly #faults$ = new Subject<Fault>();
  readonly #log$ = new Subject<string>();
  #closed = false;

  /** Use `openWayland`. @internal Throws ERR_LIBRARY_MISSING where there is no libwayland-server. */
  constructor(
    addon: WaylandAddon,
    { mostObjects = 4096, mostClients = 32, mostLoad = usualLoad }: WaylandOptions = {},
  ) {
    this.native = openNative(addon, {
      onRequest: (handle, opcode, values) => {
        this.#request(handle, opcode, values);
      },
      onEvent: (kind, details) => {
        this.#guarded(() => this.#event(kind, details));
      },
      onFault: (error, client) => {
        this.#faults$.next({ error, client: this.#clients.get(client) });
      },
    });
    this.native.limit(mostObjects, mostClients, mostLoad.share, mostLoad.seconds);
  }

  /** Each client that connects, before its first request. */
  get clients$(): Observable<Client> {
    return this.#connected$.asObservable();
  }

  /** Each client that has gone; its `end` says why. None of them when the server is closed. */
  get gone$(): Observable<Client> {
    return this.#gone$.asObservable();
  }

  /** What a handler threw; its client has been told and is ended, all others go on. */
  get faults$(): Observable<Fault> {
    return this.#faults$.asObservable();
  }

  /** What libwayland says. */
  get log$(): Observable<string> {
    return this.#log$.asObservable();
  }

  /** Takes clients at an absolute path. Throws ERR_SYSTEM (EADDRINUSE: another server is there). */
  listen(path: string): void {
    this.#throwIfClosed();
    try {
      this.native.listen(path);
    } catch (error) {
      throw coded(error);
    }
  }

  /** Takes the client at the other end of a connected socket, of which a duplicate is kept. */
  connect(fd: number): Client {
    this.#throwIfClosed();
    try {
      return this.#clientOf(this.native.createClient(fd));
    } catch (error) {
      throw coded(error);
    }
  }

  /**
   * Offers an interface to the clients whose mask shares a bit with `mask`; `bind` implements the object that one makes of it, in
   * the version that it asked for.
   */
  offer<Name extends InterfaceName>(
    name: Name,
    version: number,
    bind: (resource: Resource<Name>) => void,
    mask = 1,
  ): Global {
    this.#throwIfClosed();
    const global = this.native.addGlobal(name, version, mask);
    this.#binds.set(global, bind as unknown as Bind);
    return { remove: () => this.#remove(global) };
  }

  /** Offers wl_shm, which is libwayland's own. */
  offerShm(): void {
    this.#throwIfClosed();
    this.native.initShm();
  }

  nextSerial(): number {
    this.#throwIfClosed();
    return this.native.nextSerial();
  }

  /** @internal Of a resource. */
  create<Name extends InterfaceName>(sibling: AnyResource, name: Name, version: number): Resource<Name> | undefined {
    const handle = this.native.createResource(sibling.handle, name, version);
    return handle === 0 ? undefined : this.#introduce(handle, name, version, sibling.client);
  }

  /** @internal Of a resource. */
  ended(handle: Handle): void {
    try {
      this.#destroyed(handle);
    } catch (error) {
      this.#faults$.next({ error, client: undefined });
    }
  }

  /** Ends every client, and hears of nothing any more. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.native.close();
    for (const timer of this.#forgetting) clearTimeout(timer);
    for (const client of this.#clients.values()) client.gone();
    // All of them first: one that ends tells others.
    const resources = this.#resources.clear();
    for (const resource of resources) resource.bury();
    for (const resource of resources) resource.gone();
    this.#clients.clear();
    for (const subject of [this.#connected$, this.#gone$, this.#faults$, this.#log$]) subject.complete();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #request(handle: Handle, opcode: number, values: unknown[]): void {
    const resource = this.#resourceOf(handle);
    const message = resource.requestAt(opcode);
    if (message === undefined) throw new TypeError(`${resource.interfaceName} has no request ${opcode}`);
    const { name, letters, types, hasObjects, destroys } = message;
    if (hasObjects)
      for (let index = 0; index < values.length; index++)
        values[index] = this.#valueOf(values[index], letters[index], types[index], resource);
    if (!this.#handle(resource, name, values)) closeDescriptors(letters, values);
    if (destroys) resource.destroy();
  }

  /** False where the client broke a rule: its descriptors are nobody's then. What else is thrown is a fault of ours. */
  #handle(resource: AnyResource, name: string, values: readonly unknown[]): boolean {
    const requests = resource.requests as Record<string, ((...values: unknown[]) => void) | undefined> | undefined;
    const handler = requests?.[name];
    if (handler === undefined) throw new TypeError(`${resource.interfaceName}.${name} has no handler`);
    try {
      Reflect.apply(handler, requests, values);
      return true;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      error.resource.fail(error.code, error.message);
      return false;
    }
  }

  #valueOf(value: unknown, letter: string | undefined, type: string | null | undefined, parent: AnyResource): unknown {
    if (letter === 'o') return value === 0 ? null : this.#resourceOf(value as Handle);
    if (letter !== 'n') return value;
    return this.#introduce(value as Handle, type as InterfaceName, parent.version, parent.client);
  }

  /** An object's or a client's end, too, is only that client's affair. */
  #guarded(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#faults$.next({ error, client: undefined });
    }
  }

  #event(kind: number, [first, second, third, fourth]: readonly unknown[]): void {
    if (kind === eventKinds.client) this.#connected$.next(this.#clientOf(first as Handle));
    else if (kind === eventKinds.clientGone) this.#clientGone(first as Handle, second as number);
    else if (kind === eventKinds.bind) this.#bind(second as Handle, third as number, fourth as Handle, first as Handle);
    else if (kind === eventKinds.destroyed) this.#destroyed(first as Handle);
    else if (kind === eventKinds.greedy) this.#greedy(this.#clientOf(first as Handle));
    else this.#log$.next((first as string).trimEnd());
  }

  #bind(global: Handle, version: number, handle: Handle, client: Handle): void {
    const { native } = this;
    const [name] = native.describeResource(handle) ?? [];
    const resource = this.#introduce(handle, name as InterfaceName, version, this.#clientOf(client));
    this.#binds.get(global)?.(resource);
  }

  #clientGone(handle: Handle, end: number): void {
    const client = this.#clients.get(handle);
    this.#clients.delete(handle);
    if (client === undefined) return;
    client.gone(end);
    this.#gone$.next(client);
  }

  #greedy(client: Client): void {
    const text = 'A client has kept the kiosk busy with its requests for too long';
    this.#faults$.next({ error: new GuestheadError('ERR_PROTOCOL', text), client });
    client.refuseMore();
  }

  #destroyed(handle: Handle): void {
    this.#resources.remove(handle)?.gone();
  }

  #introduce<Name extends InterfaceName>(handle: Handle, name: Name, version: number, client: Client): Resource<Name> {
    const resource = new Resource(this, client, handle, name, version);
    this.#resources.add(resource);
    return resource;
  }

  /** One that libwayland has made, such as a buffer of wl_shm, is met here first. */
  #resourceOf(handle: Handle): AnyResource {
    const known = this.#resources.get(handle);
    if (known !== undefined) return known;
    const described = this.native.describeResource(handle);
    if (described === null) throw new TypeError('a request names an object that has gone');
    const [name, version, , client] = described;
    return this.#introduce(handle, name as InterfaceName, version, this.#clientOf(client));
  }

  #clientOf(handle: Handle): Client {
    const known = this.#clients.get(handle);
    if (known !== undefined) return known;
    const client = new Client(this.native, handle);
    this.#clients.set(handle, client);
    return client;
  }

  #remove(global: Handle): void {
    if (this.#closed || !this.#binds.has(global)) return;
    this.native.removeGlobal(global);
    const timer = setTimeout(() => {
      this.#forgetting.delete(timer);
      this.#binds.delete(global);
      this.native.destroyGlobal(global);
    }, forgottenAfterMs).unref();
    this.#forgetting.add(timer);
  }

  #throwIfClosed(): void {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The Wayland server is closed');
  }
}
