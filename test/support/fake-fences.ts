/** Fences without a kernel: a test sees which of them are closed, and signals them by hand. */
import { Fence, type FenceCalls } from '../../src/buffer/index.js';
import type { NativeWatcher, SyncFileInfo } from '../../src/native/index.js';
import { nativeError } from '../../src/testing/index.js';

const badDescriptor = 9;
const notForThis = 25;

export class FakeFences implements FenceCalls {
  /** In order, a descriptor as often as it was closed. */
  readonly closed: number[] = [];
  readonly merged: [number, number][] = [];
  /** These have not signalled; all others have. */
  readonly pending = new Set<number>();
  /** Open descriptors that are no sync_file. */
  readonly others = new Set<number>();
  /** The merge after so many is refused. */
  mergesUntilRefusal = Infinity;
  readonly #watchers = new Map<number, Set<(errno: number) => void>>();
  #next = 5000;

  /** A fence with this descriptor, or with a new one. */
  make(fd = this.#next++): Fence {
    return Fence.adopt(fd, this);
  }

  /** The same, not signalled yet. */
  makePending(fd = this.#next++): Fence {
    this.pending.add(fd);
    return this.make(fd);
  }

  /** Signals a pending one; `errno`: it cannot be polled instead. */
  signal(fd: number, errno = 0): void {
    this.pending.delete(fd);
    for (const call of [...(this.#watchers.get(fd) ?? [])]) call(errno);
  }

  /** How many watch any of them. */
  get watchers(): number {
    return [...this.#watchers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  syncFileInfo(fd: number): SyncFileInfo {
    if (this.closed.includes(fd)) throw nativeError(badDescriptor, 'SYNC_IOC_FILE_INFO');
    if (this.others.has(fd)) throw nativeError(notForThis, 'SYNC_IOC_FILE_INFO');
    return { status: this.pending.has(fd) ? 0 : 1, fences: [] };
  }

  mergeSyncFiles(first: number, second: number): number {
    if (this.merged.length >= this.mergesUntilRefusal) throw nativeError(notForThis, 'SYNC_IOC_MERGE');
    this.merged.push([first, second]);
    return this.#next++;
  }

  /** As epoll does: one that has signalled is readable at once, but told of in a later turn. */
  watchReadable(fd: number, onReadable: (errno: number) => void): NativeWatcher {
    const watchers = this.#watchers.get(fd) ?? new Set();
    this.#watchers.set(fd, watchers.add(onReadable));
    if (!this.pending.has(fd))
      setImmediate(() => {
        if (watchers.has(onReadable)) onReadable(0);
      });
    return { close: () => void watchers.delete(onReadable) };
  }

  readonly closeFence = (fd: number): void => {
    this.closed.push(fd);
  };
}
