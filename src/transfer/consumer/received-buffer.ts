/** One export, as a consumer holds it until it releases it. */
import { constants } from 'node:os';
import { errnoOf, GuestheadError } from '../../errors.js';
import { access, type NativeMapping } from '../../native/index.js';
import type { Layout, MessageOf } from '../protocol/messages.js';
import type { HostedMemory } from './hosted-memory.js';

export class ReceivedBuffer {
  #isHeld = true;

  /** @internal Made by a `Consumer`. */
  constructor(
    private readonly exported: MessageOf<'export'>,
    private readonly memory: HostedMemory,
    private readonly onRelease: (buffer: ReceivedBuffer) => void,
  ) {}

  /** Of the export: 32 hexadecimal digits, never given twice on any machine. */
  get id(): string {
    return this.exported.id;
  }

  /** The buffer that was exported, one of few: what a program has made of its descriptor may be kept by this number. */
  get buffer(): number {
    return this.exported.buffer;
  }

  /** Pixels. */
  get width(): number {
    return this.#layout.width;
  }

  /** Rows. */
  get height(): number {
    return this.#layout.height;
  }

  /** A four-character code, as in drm_fourcc.h. */
  get format(): number {
    return this.#layout.format;
  }

  /** 0n: linear, which every buffer of a guest is. */
  get modifier(): bigint {
    return this.#layout.modifier;
  }

  /** Bytes from one row to the next. */
  get strideBytes(): number {
    return this.#layout.stride;
  }

  /** Bytes before the first row. */
  get offsetBytes(): number {
    return this.#layout.offset;
  }

  /** Bytes of the whole memory. */
  get sizeBytes(): bigint {
    return this.#layout.size;
  }

  /**
   * The dma-buf, the same for every export of a buffer, owned by the consumer: who wants it for longer duplicates it. Undefined in
   * the broker's own process, and once the buffer is gone.
   */
  get fd(): number | undefined {
    return this.memory.fd;
  }

  /** Counted by the producer, from 1. */
  get sequence(): bigint {
    return this.exported.sequence;
  }

  /** What the producer sent along, at most 192 bytes. */
  get privateData(): Uint8Array {
    return this.exported.privateData;
  }

  /** False once it is released, revoked or gone with its consumer: its content may be another by now. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /**
   * The whole memory, to read; the same mapping for every export of a buffer, owned by the consumer: its `buffer` is detached
   * when the buffer goes. Throws ERR_CLOSED once it is not held, ERR_SYSTEM.
   */
  map(): NativeMapping {
    if (!this.#isHeld) throw new GuestheadError('ERR_CLOSED', `The export ${this.id} is not held any more`);
    return this.memory.map();
  }

  /** Calls `use` with the bytes from the first row's first one on, between the dma-buf's begin and end of an access. Throws as `map` and `use` do. */
  read<T>(use: (pixels: Uint8Array) => T): T {
    const mapping = this.map();
    const bracketed = tryAccess(() => mapping.beginAccess(access.read));
    try {
      return use(new Uint8Array(mapping.buffer, this.offsetBytes));
    } finally {
      if (bracketed) tryAccess(() => mapping.endAccess(access.read));
    }
  }

  /** The producer may draw into it again once every consumer has. Idempotent. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.onRelease(this);
  }

  [Symbol.dispose](): void {
    this.release();
  }

  /** @internal It was taken back. */
  end(): void {
    this.#isHeld = false;
  }

  get #layout(): Layout {
    return this.memory.layout;
  }
}

/** What is no dma-buf, such as a memfd that stands in for one, has no ioctl for it, and needs none. */
function tryAccess(access: () => void): boolean {
  try {
    access();
    return true;
  } catch (error) {
    if (errnoOf(error) === constants.errno.ENOTTY) return false;
    throw error;
  }
}
