/** Memory and its fences (native/dmabuf). */

/** A dma-buf mapped for the CPU. */
export interface NativeMapping {
  /** Detached (length 0) once closed. */
  readonly buffer: ArrayBuffer;
  /** DMA_BUF_IOCTL_SYNC start: waits for the fences that forbid the access, and makes the CPU's view coherent. */
  beginAccess(access: Access): void;
  /** DMA_BUF_IOCTL_SYNC end; only after a begin with the same access. */
  endAccess(access: Access): void;
  /** Detaches `buffer` and unmaps. Idempotent. */
  close(): void;
}

/** 1 read, 2 write, 3 both: the bits of DMA_BUF_SYNC_RW. */
export const access = { read: 1, write: 2, readWrite: 3 } as const;
export type Access = (typeof access)[keyof typeof access];

export interface SyncFileInfo {
  /** 1 signalled, 0 pending, negative = a fence's error. */
  readonly status: number;
  readonly fences: readonly {
    readonly driver: string;
    readonly timeline: string;
    readonly status: number;
    /** CLOCK_MONOTONIC time of the signal; 0 while pending. */
    readonly timestampNs: number;
  }[];
}

export interface DmabufAddon {
  /** Maps `bytes` of a dma-buf, shared. Throws NativeError. */
  mapDmabuf(fd: number, bytes: number, access: Access): NativeMapping;
  /**
   * Maps pieces of files, whole pages given in bytes, side by side, less than 4 GiB in all: to read, for what is written is
   * seen in this mapping alone, whose page shows nothing new from then on. `beginAccess` and `endAccess` do nothing. The caller keeps
   * the descriptors, and sees to it that no file shrinks. Throws NativeError (EINVAL: a piece ends behind its file), RangeError.
   */
  mapPieces(fds: Uint32Array, offsets: BigUint64Array, sizes: BigUint64Array): NativeMapping;
  /**
   * A new sync_file of the dma-buf's fences, owned by the caller: those that a
   * reader (`read`: rendering and flushes) or a writer (`write`: readers too) must wait for.
   */
  exportSyncFile(dmabufFd: number, access: Access): number;
  /**
   * Adds a sync_file's fences to the dma-buf's own: as a reader's (`read`: writers
   * to come wait for them) or a writer's (`write`: readers too). The caller keeps both
   * descriptors. Throws NativeError, ENOTTY on kernels before 6.0.
   */
  importSyncFile(dmabufFd: number, syncFileFd: number, access: Access): void;
  /**
   * A new sync_file, close-on-exec and owned by the caller, that has signalled once
   * both have; the caller keeps those, too. Throws NativeError.
   */
  mergeSyncFiles(first: number, second: number): number;
  syncFileInfo(fd: number): SyncFileInfo;
  /**
   * A new dma-buf of ordinary memory, `bytes` rounded up to whole pages, owned by the
   * caller: a sealed memfd given to /dev/udmabuf. Throws NativeError, whose `syscall`
   * says which step failed.
   */
  createUdmabuf(bytes: number): number;
  /**
   * A new memfd, `bytes` rounded up to whole pages, that cannot shrink; close-on-exec, owned by the caller. `filled`: each page has its
   * memory, zeros, in few runs where the kernel lets it. Throws NativeError.
   */
  createMemory(bytes: number, filled?: boolean): number;
  /**
   * A new dma-buf of such a memfd's first `bytes`, owned by the caller: pins the pages for its life. Throws NativeError (EBADFD: it is
   * no memfd; EINVAL: it can shrink, is sealed against writing, is shorter, or is larger than udmabuf's limit).
   */
  wrapMemory(memory: number, bytes: number): number;
  /**
   * The physical pages behind the first `bytes` of a memfd, in its order: the first page's address ÷ 4096 and how many there
   * are, one run after the other. They hold while something pins the pages: a dma-buf made before. Throws NativeError (EPERM, EACCES: only
   * a process with CAP_SYS_ADMIN learns them; EAGAIN: a page is not in memory).
   */
  pageRuns(memory: number, bytes: number): BigUint64Array;
  /**
   * A new dma-buf of pieces of memfds, as `mapPieces` takes them, owned by the caller: UDMABUF_CREATE_LIST, which keeps the
   * pages. Throws NativeError (EINVAL: a memfd that may shrink or must not be written to, or more than udmabuf's limits).
   */
  createUdmabufOf(fds: Uint32Array, offsets: BigUint64Array, sizes: BigUint64Array): number;
  /** F_GET_SEALS: the bits of F_SEAL_*. Throws NativeError, EINVAL for a file that cannot have any. */
  sealsOf(fd: number): number;
  /**
   * Copies `count` rectangles (x, y, width, height in 4-byte pixels, one after the
   * other) between two pictures whose strides are given in bytes, past the caches where
   * the CPU can. Returns the bytes copied. Throws RangeError, with nothing copied, where
   * a rectangle lies outside of either picture.
   */
  copyRectangles(
    target: ArrayBuffer,
    targetStrideBytes: number,
    source: ArrayBuffer,
    sourceStrideBytes: number,
    rectangles: Uint32Array,
    count: number,
  ): number;
  /**
   * Watches, on a worker thread, for the flush fence that a commit just made
   * puts on the dma-buf: looks every `intervalUs` until a fence is pending, waits for
   * it, and resolves with the CLOCK_MONOTONIC time (ns) at which the kernel signalled
   * it. Resolves with 0 when none was seen to signal within `timeoutMs`: it came and
   * went between two looks, never came, or is still pending. Not on libuv's pool,
   * which process.exit() would wait for.
   */
  sampleFence(dmabufFd: number, intervalUs: number, timeoutMs: number): Promise<number>;
}
