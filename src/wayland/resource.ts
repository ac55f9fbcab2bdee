/** One object of a client, as the server sees it. */
import type { Client } from './client.js';
import type { Handle, NativeWayland } from '../native/wayland.js';
import { requestsOf, type Request } from './requests.js';
import { eventsOf } from './senders.js';

/** The interfaces: protocol/types.ts fills it in. */
// oxlint-disable-next-line typescript/no-empty-object-type -- augmented there
export interface Protocol {}

export type InterfaceName = keyof Protocol;
/** What handles an interface's requests, each of them. */
export type Requests<Name extends InterfaceName> = Protocol[Name]['requests'];
export type Events<Name extends InterfaceName> = Protocol[Name]['events'];
export type AnyResource = Resource<InterfaceName>;

/** What an object needs of the server that it belongs to. */
export interface ResourceOwner {
  readonly native: NativeWayland;
  /** An object was ended by this side; whoever implements it hears of that at once. */
  ended(handle: Handle): void;
  /** A new object of the server's making; undefined where the client has gone. */
  create<Name extends InterfaceName>(sibling: AnyResource, name: Name, version: number): Resource<Name> | undefined;
}

/** The client is told that it broke the protocol, and is ended. Thrown by a handler. */
export class ProtocolError extends Error {
  constructor(
    readonly resource: AnyResource,
    /** Of the interface's `error` enumeration. */
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = 'ProtocolError';
  }
}

export class Resource<Name extends InterfaceName> {
  /**
   * Sends events, before the loop waits again: `surface.send.enter(output)`. Nothing is sent to an object that has gone, nor about
   * one. An object ends with an event that is the protocol's last of it, as `wl_callback.done` is.
   */
  readonly send: Events<Name>;
  #requests: Requests<Name> | undefined;
  /** Of the interface, once there was one: most objects of a frame get none. */
  #table: readonly Request[] | undefined;
  #onDestroyed: (() => void) | undefined;
  #alive = true;

  /** @internal The server makes them. */
  constructor(
    private readonly owner: ResourceOwner,
    readonly client: Client,
    readonly handle: Handle,
    readonly interfaceName: Name,
    /** That the client speaks of the interface. */
    readonly version: number,
  ) {
    this.send = eventsOf(interfaceName, this);
  }

  /** False once the object, or its client, has gone; its descriptors and children are the handler's to end then. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Its number in the client's own messages, for tests and faults. */
  get id(): number {
    return this.owner.native.describeResource(this.handle)?.[2] ?? 0;
  }

  /** Says what handles its requests from now on, and what happens when it has gone, in whichever way. */
  implement(requests: Requests<Name>, onDestroyed?: () => void): this {
    this.#requests = requests;
    this.#onDestroyed = onDestroyed;
    return this;
  }

  /** @internal Of the server: how to read it; undefined where the interface has no such request. */
  requestAt(opcode: number): Request | undefined {
    return (this.#table ??= requestsOf(this.interfaceName))[opcode];
  }

  /** @internal Of the server. */
  get requests(): Requests<Name> | undefined {
    return this.#requests;
  }

  /** An object that an event introduces. */
  create<Other extends InterfaceName>(name: Other, version = this.version): Resource<Other> | undefined {
    return this.owner.create(this, name, version);
  }

  /** Ends the object. Idempotent. */
  destroy(): void {
    if (!this.#alive) return;
    this.owner.native.destroyResource(this.handle);
    this.owner.ended(this.handle);
  }

  /** Tells the client that it broke the protocol, which ends it. */
  fail(code: number, message: string): void {
    if (!this.#alive) return;
    this.owner.native.postError(this.handle, code, message);
  }

  /** @internal Of `send`. */
  post(opcode: number, values: readonly unknown[]): void {
    if (this.#alive) this.owner.native.post(this.handle, opcode, ...values);
  }

  /** @internal Of `send`: the object ends with the event. */
  postLast(opcode: number, values: readonly unknown[]): void {
    if (!this.#alive) return;
    this.owner.native.postLast(this.handle, opcode, ...values);
    this.owner.ended(this.handle);
  }

  /** @internal The server's: nothing is sent to it any more. */
  bury(): void {
    this.#alive = false;
  }

  /** @internal The server's. */
  gone(): void {
    this.#alive = false;
    this.#onDestroyed?.();
  }
}
