/** A sync_file as an owning object: validated when it is made, closed once. */
import { closeSync } from 'node:fs';
import { coded, errnoOf, GuestheadError } from '../errors.js';
import { loadNative, type Native, type NativeWatcher } from '../native/index.js';

/** What a fence needs of the kernel: the addon, or `FakeKernel.native` in its place. */
export interface FenceCalls extends Pick<Native, 'syncFileInfo' | 'mergeSyncFiles' | 'watchReadable'> {
  /** Of a sync_file's descriptor, where that is none of this process. */
  readonly closeFence?: (fd: number) => void;
}

/**
 * A fence that signals when rendering is done. Whoever is given one owns it: the head takes over
 * what comes with `present` or from `draw`, and closes it, also where the frame is never shown.
 */
export class Fence {
  #fd: number | undefined;
  #signalled: Promise<void> | undefined;
  #endWait: ((error: Error | undefined) => void) | undefined;

  private constructor(
    fd: number,
    private readonly calls: FenceCalls,
  ) {
    this.#fd = fd;
  }

  /**
   * Takes a sync_file's descriptor over, as EGL_ANDROID_native_fence_sync, Vulkan or a Wayland client
   * gives it. Throws ERR_USAGE where it is none; the descriptor stays the caller's then.
   */
  static adopt(fd: number, calls: FenceCalls = loadNative()): Fence {
    if (!Number.isInteger(fd) || fd < 0) throw notAFence(fd);
    try {
      calls.syncFileInfo(fd);
    } catch (cause) {
      throw notAFence(fd, cause);
    }
    return new Fence(fd, calls);
  }

  /** Takes over what the kernel has just made as a sync_file: there is nothing to validate, and nothing that can fail. @internal */
  static made(fd: number, calls: FenceCalls): Fence {
    return new Fence(fd, calls);
  }

  /**
   * A new fence that signals when all of these have: for a frame that is rendered on several
   * queues. The given ones stay open. Throws ERR_USAGE for none, ERR_CLOSED for a closed one.
   */
  static merge(fences: readonly Fence[]): Fence {
    const areFences = Array.isArray(fences) && fences.every((fence: unknown) => fence instanceof Fence);
    const [first, ...others] = areFences ? fences : [];
    if (first === undefined)
      throw new GuestheadError('ERR_USAGE', 'There is no fence to merge', {
        advice: 'give a list of one Fence or more',
      });
    const { calls } = first;
    let merged = merge(first, others[0] ?? first);
    for (const fence of others.slice(1)) {
      const before = merged;
      try {
        merged = merge(before, fence);
      } finally {
        before.close();
      }
    }
    return merged;

    function merge(one: Fence, other: Fence): Fence {
      try {
        return new Fence(calls.mergeSyncFiles(one.fd, other.fd), calls);
      } catch (error) {
        throw coded(error);
      }
    }
  }

  /** Borrowed: valid until `close()`. Throws ERR_CLOSED afterwards. */
  get fd(): number {
    if (this.#fd === undefined) throw new GuestheadError('ERR_CLOSED', 'The fence is closed');
    return this.#fd;
  }

  get closed(): boolean {
    return this.#fd === undefined;
  }

  /** Asked anew; a fence whose driver failed counts as signalled. Throws ERR_CLOSED. */
  get isSignalled(): boolean {
    return this.calls.syncFileInfo(this.fd).status !== 0;
  }

  /** Resolves when the fence has signalled; rejects with ERR_CLOSED where it is closed before, ERR_SYSTEM where it cannot be polled. */
  get signalled(): Promise<void> {
    this.#signalled ??= this.#wait();
    return this.#signalled;
  }

  /** The same fence with a new owner, and who waits for it goes along: this one is closed from now on. Throws ERR_CLOSED. */
  take(): Fence {
    const taken = new Fence(this.fd, this.calls);
    taken.#signalled = this.#signalled;
    taken.#endWait = this.#endWait;
    this.#fd = undefined;
    return taken;
  }

  /** Idempotent. */
  close(): void {
    if (this.#fd === undefined) return;
    this.#endWait?.(new GuestheadError('ERR_CLOSED', 'The fence was closed before it signalled'));
    (this.calls.closeFence ?? closeSync)(this.#fd);
    this.#fd = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #wait(): Promise<void> {
    const { fd } = this;
    const waiting = new Promise<void>((resolve, reject) => {
      let watcher: NativeWatcher | undefined = undefined;
      this.#endWait = (error) => {
        this.#endWait = undefined;
        watcher?.close();
        if (error === undefined) resolve();
        else reject(error);
      };
      watcher = this.calls.watchReadable(fd, (errno) =>
        this.#endWait?.(
          errno === 0 ? undefined : new GuestheadError('ERR_SYSTEM', 'The fence cannot be polled', { errno }),
        ),
      );
    });
    waiting.catch(() => undefined); // who asks for it hears of it; nobody has to
    return waiting;
  }
}

function notAFence(fd: unknown, cause?: unknown): GuestheadError {
  return new GuestheadError('ERR_USAGE', `${String(fd)} is no sync_file`, {
    operation: 'SYNC_IOC_FILE_INFO',
    errno: errnoOf(cause),
    cause,
    advice: 'a fence is the descriptor of a sync_file, e.g. of EGL_ANDROID_native_fence_sync',
  });
}
