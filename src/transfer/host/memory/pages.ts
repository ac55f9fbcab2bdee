/** Pages of the guest that were taken: a dma-buf of them, or the means to map them here. */
import { closeSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { coded, errnoOf, GuestheadError } from '../../../errors.js';
import { access, type Native, type NativeMapping } from '../../../native/index.js';
import type { GuestPages } from '../guest-memory.js';
import type { RamFile } from './ram-file.js';
import type { Piece } from './runs.js';

export type PagesNative = Pick<Native, 'createUdmabufOf' | 'mapDmabuf' | 'mapPieces'>;

/** Throws ERR_SYSTEM. The files stay the caller's. */
export function dmabufPages(files: readonly RamFile[], pieces: readonly Piece[], native: PagesNative): GuestPages {
  const bytes = Number(pieces.reduce((sum, { size }) => sum + size, 0n));
  return new DmabufPages(createUdmabuf(files, pieces, native), bytes, native);
}

function createUdmabuf(files: readonly RamFile[], pieces: readonly Piece[], native: PagesNative): number {
  try {
    return native.createUdmabufOf(...columns(files, pieces));
  } catch (error) {
    if (errnoOf(error) !== constants.errno.EINVAL) throw coded(error);
    throw new GuestheadError('ERR_SYSTEM', `udmabuf makes no dma-buf of ${pieces.length} pieces of guest memory`, {
      operation: 'UDMABUF_CREATE_LIST',
      errno: constants.errno.EINVAL,
      advice: 'raise its limits: modprobe udmabuf list_limit=16384 size_limit_mb=1024 (guesthead host check)',
      cause: error,
    });
  }
}

class DmabufPages implements GuestPages {
  #fd: number | undefined;
  #mappings = 0;

  /** Owns `fd`. */
  constructor(
    fd: number,
    private readonly bytes: number,
    private readonly native: PagesNative,
  ) {
    this.#fd = fd;
  }

  get fd(): number | undefined {
    return this.#fd;
  }

  /** This process has it open once, and each mapping holds a descriptor of its own and the mapped area. */
  get heldElsewhere(): boolean {
    if (this.#fd === undefined) return false;
    const [, count] = /^count:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${this.#fd}`, 'utf8')) ?? [];
    return Number(count) > 1 + 2 * this.#mappings;
  }

  map(): NativeMapping {
    if (this.#fd === undefined) throw closed();
    const mapping = attempt(() => this.native.mapDmabuf(this.#fd ?? -1, this.bytes, access.read));
    this.#mappings++;
    return counted(mapping, () => this.#mappings--);
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** Throws ERR_SYSTEM where they cannot be mapped. The pages keep the files open. */
export function mappedPages(files: readonly RamFile[], pieces: readonly Piece[], native: PagesNative): GuestPages {
  const pages = new MappedPages(files, pieces, native);
  pages.map().close(); // what the kernel refuses, it refuses now
  for (const file of files) file.retain();
  return pages;
}

class MappedPages implements GuestPages {
  readonly fd = undefined;
  readonly heldElsewhere = false;
  #closed = false;

  constructor(
    private readonly files: readonly RamFile[],
    private readonly pieces: readonly Piece[],
    private readonly native: PagesNative,
  ) {}

  map(): NativeMapping {
    if (this.#closed) throw closed();
    return attempt(() => this.native.mapPieces(...columns(this.files, this.pieces)));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const file of this.files) file.release();
  }
}

/** As the addon takes them. */
function columns(files: readonly RamFile[], pieces: readonly Piece[]): [Uint32Array, BigUint64Array, BigUint64Array] {
  return [
    Uint32Array.from(pieces, ({ file }) => files[file]?.fd ?? -1),
    BigUint64Array.from(pieces, ({ offset }) => offset),
    BigUint64Array.from(pieces, ({ size }) => size),
  ];
}

function counted(mapping: NativeMapping, onClose: () => void): NativeMapping {
  let open = true;
  return {
    get buffer() {
      return mapping.buffer;
    },
    beginAccess: (how) => mapping.beginAccess(how),
    endAccess: (how) => mapping.endAccess(how),
    close: () => {
      mapping.close();
      if (open) onClose();
      open = false;
    },
  };
}

function attempt<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw coded(error);
  }
}

function closed(): GuestheadError {
  return new GuestheadError('ERR_CLOSED', 'The guest’s pages are closed');
}
