/** Who is connected. */
import { clientEnds, type Handle, type NativeWayland } from '../native/wayland.js';

/**
 * `left`: it has closed its connection, or its process has ended. `error`: it was told that it broke the protocol. `too much`: it
 * asked for more than a client may have. `stuck`: what it sent could not be read. `ended`: by the program, with `destroy`.
 */
export type ClientEnd = (typeof clientEnds)[number] | 'ended';

/** Each of them, in the order in which they are told of. */
export const everyClientEnd: readonly ClientEnd[] = [...clientEnds, 'ended'];

export class Client {
  #alive = true;
  #destroyed = false;
  #end: ClientEnd | undefined;
  #socket: string | undefined;

  /** @internal The server makes them. */
  constructor(
    private readonly native: NativeWayland,
    readonly handle: Handle,
  ) {}

  /** False once it has disconnected, or was ended; its objects follow one by one. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Why it has gone; undefined while it is there, and where the server was closed. */
  get end(): ClientEnd | undefined {
    return this.#end;
  }

  /** Of the process that connected; undefined once it has gone. */
  get credentials(): { readonly pid: number; readonly uid: number; readonly gid: number } | undefined {
    if (!this.#alive) return undefined;
    const [pid, uid, gid] = this.native.credentials(this.handle);
    return { pid, uid, gid };
  }

  /** The path at which it connected, that of a `listen`; undefined where it came by `connect`. */
  get socket(): string | undefined {
    if (this.#alive) this.#socket ??= this.native.socketPath(this.handle);
    return this.#socket === '' ? undefined : this.#socket;
  }

  /** It sees the globals whose mask shares a bit with this one, 1 at first. What it has bound stays bound. */
  setMask(mask: number): void {
    if (this.#alive) this.native.setClientMask(this.handle, mask);
  }

  /** Ends it without a word. Idempotent. */
  destroy(): void {
    if (!this.#alive) return;
    this.#destroyed = true;
    this.native.destroyClient(this.handle);
  }

  /** Tells it that it asked for too much, which ends it. */
  refuseMore(): void {
    if (this.#alive) this.native.postNoMemory(this.handle);
  }

  /** @internal The server's; `end`: the number that it was told, undefined where that was closed itself. */
  gone(end?: number): void {
    this.#alive = false;
    if (end === undefined) return;
    const told = clientEnds[end] ?? 'left';
    this.#end = told === 'left' && this.#destroyed ? 'ended' : told;
  }
}
