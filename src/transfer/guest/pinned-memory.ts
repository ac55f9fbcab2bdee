/** Memory whose pages stay where they are and are known: a memfd, and the udmabuf that pins it. */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { allocateUdmabuf } from '../../buffer/index.js';
import { coded, errnoName, errnoOf, GuestheadError } from '../../errors.js';
import { access, loadNative, type Native, type NativeMapping } from '../../native/index.js';
import { Owner } from '../../owner.js';
import { mostMessageBytes } from '../protocol/messages.js';
import type { PageRun } from '../protocol/fields.js';

export interface MemoryCalls extends Pick<
  Native,
  'createMemory' | 'wrapMemory' | 'pageRuns' | 'mapDmabuf' | 'duplicate'
> {
  readonly close: (fd: number) => void;
}

/** Loads the addon at the first call. */
export const systemMemory = (): MemoryCalls => {
  const native = loadNative();
  return {
    createMemory: (bytes) => native.createMemory(bytes, true),
    wrapMemory: (memory, bytes) => native.wrapMemory(memory, bytes),
    pageRuns: (memory, bytes) => native.pageRuns(memory, bytes),
    mapDmabuf: (fd, bytes, how) => native.mapDmabuf(fd, bytes, how),
    duplicate: (fd) => native.duplicate(fd),
    close: closeSync,
  };
};

/** Milliseconds that memory took until the host could be told of its pages. */
export interface PinningTimes {
  /** New memory and its pages; 0 of a caller's. */
  readonly allocateMs: number;
  /** A udmabuf of it, which makes what pages a caller's memory has not. */
  readonly pinMs: number;
  /** The numbers of its pages. */
  readonly nameMs: number;
}

export class PinnedMemory {
  readonly #owner = new Owner();
  readonly #memory: number;
  readonly #dmabuf: number;
  /** Somebody has a descriptor of the pages, and with it perhaps a device of this guest. */
  #isShared: boolean;
  /** First page's address ÷ 4096 and how many, one after the other. */
  readonly #runs: BigUint64Array;
  readonly times: PinningTimes;
  #mapping: NativeMapping | undefined;

  /** Takes the memfd over, which is closed where this fails. */
  private constructor(
    memory: number,
    /** Whole pages. */
    readonly bytes: number,
    private readonly calls: MemoryCalls,
    { allocateMs, isShared }: { readonly allocateMs: number; readonly isShared: boolean },
  ) {
    const owner = this.#owner;
    this.#isShared = isShared;
    const allocated = performance.now();
    this.#memory = owner.own(memory, calls.close);
    // The dma-buf first: it pins the pages, which may be moved for that. Only then their numbers hold.
    this.#dmabuf = owner.guard(() =>
      owner.own(allocateUdmabuf({ createUdmabuf: () => calls.wrapMemory(memory, bytes) }, bytes), calls.close),
    );
    const pinned = performance.now();
    this.#runs = owner.guard(() => told(named(() => calls.pageRuns(memory, bytes))));
    this.times = { allocateMs, pinMs: pinned - allocated, nameMs: performance.now() - pinned };
  }

  /** New memory, zeros. Throws ERR_ALLOCATION without /dev/udmabuf, ERR_PERMISSION where its pages may not be named. */
  static allocate(bytes: number, calls: MemoryCalls): PinnedMemory {
    const before = performance.now();
    const memory = allocated(() => calls.createMemory(bytes));
    return new PinnedMemory(memory, bytes, calls, { allocateMs: performance.now() - before, isShared: false });
  }

  /**
   * A caller's memfd, of which a duplicate is kept. The dma-buf is one of our own: whether a given one is of this memfd cannot be
   * known. Throws like `allocate`, and ERR_USAGE where it is no memfd, can shrink or is shorter.
   */
  static adopt(memory: number, bytes: number, calls: MemoryCalls): PinnedMemory {
    const ours = allocated(() => calls.duplicate(memory));
    try {
      return new PinnedMemory(ours, bytes, calls, { allocateMs: 0, isShared: true });
    } catch (error) {
      throw unfit(error, memory, bytes);
    }
  }

  /** The dma-buf, borrowed; whoever has it may hand it to a device. */
  lendFd(): number {
    this.#isShared = true;
    return this.#dmabuf;
  }

  get runs(): PageRun[] {
    const runs = this.#runs;
    return Array.from({ length: runs.length / 2 }, (_, at) => ({
      page: runs[2 * at] ?? 0n,
      count: Number(runs[2 * at + 1]),
    }));
  }

  /**
   * For the CPU. Where a device of this guest may have the pages, between the two calls that make it visible to devices, which go
   * through all of them. The host has its caches in common with the guest, and a device that imports the pages later has them made visible
   * by that. Throws ERR_SYSTEM, and what `write` throws.
   */
  write(write: (bytes: ArrayBuffer) => void): void {
    this.#mapping ??= allocated(() => this.calls.mapDmabuf(this.#dmabuf, this.bytes, access.readWrite));
    const mapping = this.#mapping;
    if (!this.#isShared) {
      write(mapping.buffer);
      return;
    }
    mapping.beginAccess(access.write);
    try {
      write(mapping.buffer);
    } finally {
      mapping.endAccess(access.write); // a mapping closed meanwhile says ERR_CLOSED
    }
  }

  /** Of a buffer that is not drawn into any more; the pages stay. */
  unmap(): void {
    this.#mapping?.close();
    this.#mapping = undefined;
  }

  /** The pages go back to the kernel, unless somebody else has imported the dma-buf. Idempotent. */
  close(): void {
    this.unmap();
    this.#owner.close();
  }
}

function allocated<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw coded(error);
  }
}

/** Throws where the list is too long for a message. */
function told(runs: BigUint64Array): BigUint64Array {
  if (runs.length / 2 <= mostRuns) return runs;
  throw new GuestheadError('ERR_ALLOCATION', `The memory of a buffer lies in more than ${mostRuns} pieces`, {
    advice: 'give the guest more memory, or free some: what is free is fragmented',
  });
}

function named(read: () => BigUint64Array): BigUint64Array {
  try {
    return read();
  } catch (cause) {
    const errno = errnoOf(cause);
    if (!forbidden.includes(errnoName(errno ?? 0))) throw coded(cause);
    throw new GuestheadError('ERR_PERMISSION', 'The kernel does not tell which pages a buffer has', {
      operation: 'read',
      device: '/proc/self/pagemap',
      errno,
      cause,
      advice: 'run as root, or with CAP_SYS_ADMIN: the host finds the buffer by its pages',
    });
  }
}

/** EBADFD, which Node has no name for: it is no memfd. */
const unfitErrnos: readonly number[] = [constants.errno.EINVAL, constants.errno.EBADF, 77];

/** What the driver says of memory that it does not take. */
function unfit(cause: unknown, memory: number, bytes: number): unknown {
  const errno = errnoOf(cause);
  if (errno === undefined || !unfitErrnos.includes(errno)) return cause;
  return new GuestheadError('ERR_USAGE', `Descriptor ${memory} is no memory for a udmabuf of ${bytes} bytes`, {
    operation: 'UDMABUF_CREATE',
    errno,
    cause,
    advice: 'give a memfd of whole pages that is large enough and sealed with F_SEAL_SHRINK, but not against writing',
  });
}

/** Of the 12 bytes that each takes in a `register`, with room for the rest of it. */
const mostRuns = Math.floor((mostMessageBytes - 256) / 12);
const forbidden = ['EPERM', 'EACCES'];
