/**
 * GEM handles of one open file, counted, because the kernel does not: importing a
 * dma-buf twice gives the same handle, and one DRM_IOCTL_GEM_CLOSE ends it for
 * both. A display's own dumb buffer that comes back as a dma-buf (the path
 * `export`) gives the dumb buffer's own handle.
 *
 * So a handle has *users*, whoever brought it, and the last one to release it
 * closes it:
 *
 *     import ──┐
 *     import ──┼──► handle ──► last release ──► GEM_CLOSE
 *     adopt  ──┘
 */
import type { BufferCalls } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import type { DmabufFd, GemHandle } from '../ffi/index.js';

/** All handles of an open file that may be imported again must go through the same one of these. */
export class GemHandles {
  readonly #users = new Map<GemHandle, number>();
  #hasImported = false;

  /** The calls throw once the node is closed: its handles have gone with it then. */
  constructor(private readonly calls: Pick<BufferCalls, 'primeFdToHandle' | 'closeGemHandle'>) {}

  /** Whether this open file has ever imported a dma-buf: what was made of it may outlive the handle. */
  get hasImported(): boolean {
    return this.#hasImported;
  }

  /**
   * Imports a dma-buf, which stays the caller's. Each import is ended by a `release`
   * of its own. Throws what the kernel refuses with; nothing is counted then.
   */
  import(dmabuf: DmabufFd): GemHandle {
    const handle = this.calls.primeFdToHandle(dmabuf);
    this.#hasImported = true;
    this.#use(handle);
    return handle;
  }

  /**
   * Takes over a handle that came by another way, such as a dumb buffer's, right
   * after its creation. Its creator ends it by `release` and no longer by
   * `destroyDumb`: to the kernel both are the closing of a handle, and only here it
   * waits for the imports of the same buffer.
   */
  adopt(handle: GemHandle): void {
    this.#use(handle);
  }

  /** Throws ERR_CLOSED for a handle without users: one release too many would close another's buffer. */
  release(handle: GemHandle): void {
    const users = this.#users.get(handle);
    if (users === undefined) throw new GuestheadError('ERR_CLOSED', `GEM handle ${handle} has been released already`);
    if (users > 1) {
      this.#users.set(handle, users - 1);
      return;
    }
    this.#users.delete(handle); // first: the kernel gives the number to the next buffer
    this.calls.closeGemHandle(handle);
  }

  #use(handle: GemHandle): void {
    this.#users.set(handle, (this.#users.get(handle) ?? 0) + 1);
  }
}
