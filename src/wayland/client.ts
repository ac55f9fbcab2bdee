/** Who is connected. */
import type { Handle, NativeWayland } from '../native-wayland.js';

export class Client {
  #alive = true;
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
    if (this.#alive) this.native.destroyClient(this.handle);
  }

  /** Tells it that it asked for too much, which ends it. */
  refuseMore(): void {
    if (this.#alive) this.native.postNoMemory(this.handle);
  }

  /** @internal The server's. */
  gone(): void {
    this.#alive = false;
  }
}
