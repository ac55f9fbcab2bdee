/** GBM on the fake render GPU. */
import { constants } from 'node:os';
import type { AllocatedBuffer, Allocator } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { LINEAR, type BufferOptions, type DmabufOptions, type GemHandle } from '../ffi/index.js';
import type { FakeMemories, FakeMemory } from './fake-memory.js';
import type { FakeNode } from './fake-node.js';
import type { Faults } from './faults.js';

/** How a GPU lays pictures out, and which of others it takes: bytes that a row is a multiple of, and rows. */
export interface FakeLayout {
  /** Of the rows of its own buffers, 64 unless given. */
  readonly rowAlignmentBytes?: number;
  /** Of the rows of a buffer that it imports, 4 unless given: others it refuses. */
  readonly importedRowAlignmentBytes?: number;
  /** Of the height for which imported memory must be long enough, 1 unless given. */
  readonly importedHeightAlignmentRows?: number;
}

/** Counts its handles, as Mesa does: several buffers of one memory have the same. */
export class FakeAllocator implements Allocator {
  readonly address = 0n;
  readonly backendName = 'fake';
  readonly buffers = new Set<AllocatedBuffer>();
  /** How often it is lent now: while it is, a real one is not destroyed. */
  loans = 0;
  closed = false;
  #abandoned = false;
  readonly #users = new Map<GemHandle, number>();

  constructor(
    private readonly node: FakeNode,
    private readonly memories: FakeMemories,
    private readonly faults: Faults,
    private readonly layout: FakeLayout = {},
  ) {}

  supports(): boolean {
    return true;
  }

  takesModifier(_format: number, modifier: bigint): boolean {
    return modifier === LINEAR;
  }

  createBuffer({ width, height }: BufferOptions): AllocatedBuffer {
    this.#assertOpen();
    const errno = this.faults.take('createBuffer');
    if (errno !== 0 || this.node.gpu.gone) {
      const details = { operation: 'gbm_bo_create', device: this.node.path, errno: errno || constants.errno.ENODEV };
      throw new GuestheadError('ERR_ALLOCATION', 'The fake GPU has no memory', details);
    }
    const stride = roundUp(width * 4, this.layout.rowAlignmentBytes ?? 64);
    return this.#buffer(this.memories.create(stride * height), stride);
  }

  importDmabuf({ fd, height, stride }: DmabufOptions): AllocatedBuffer {
    this.#assertOpen();
    const errno = this.faults.take('importDmabuf');
    const memory = this.memories.of(fd);
    const taken = memory !== undefined && this.#takes(memory, stride, height);
    if (errno === 0 && taken && !this.node.gpu.gone) return this.#buffer(memory, stride);
    const details = { operation: 'gbm_bo_import', device: this.node.path, errno: errno || constants.errno.EINVAL };
    throw new GuestheadError('ERR_IMPORT_REFUSED', 'The fake GPU does not take the buffer', details);
  }

  lend(): () => void {
    this.#assertOpen();
    this.loans++;
    let lent = true;
    return () => {
      if (!lent) return;
      lent = false;
      this.loans--;
      if (this.#abandoned && this.loans === 0) for (const buffer of [...this.buffers]) buffer.close();
    };
  }

  abandon(): void {
    this.#abandoned = true;
    this.closed = true;
  }

  close(): void {
    if (this.#abandoned) return;
    this.closed = true;
    for (const buffer of [...this.buffers]) buffer.close();
  }

  #assertOpen(): void {
    if (this.#abandoned) throw new GuestheadError('ERR_GL_TIMEOUT', 'The fake GPU hangs');
    if (this.closed) throw new GuestheadError('ERR_CLOSED', 'The fake GBM device is closed');
  }

  #takes({ bytes }: FakeMemory, stride: number, height: number): boolean {
    const { importedRowAlignmentBytes = 4, importedHeightAlignmentRows = 1 } = this.layout;
    return stride % importedRowAlignmentBytes === 0 && bytes >= stride * roundUp(height, importedHeightAlignmentRows);
  }

  #buffer(memory: FakeMemory, stride: number): AllocatedBuffer {
    const handle = this.node.adopt(memory);
    this.#users.set(handle, (this.#users.get(handle) ?? 0) + 1);
    const buffer: AllocatedBuffer = {
      handle,
      modifier: LINEAR,
      stride: () => stride,
      offset: () => 0,
      close: () => {
        if (this.#abandoned && this.loans > 0) return; // until the thread that hangs has come back
        if (this.buffers.delete(buffer)) this.#release(handle);
      },
    };
    this.buffers.add(buffer);
    return buffer;
  }

  #release(handle: GemHandle): void {
    const users = (this.#users.get(handle) ?? 1) - 1;
    this.#users.set(handle, users);
    if (users === 0) this.node.handles.delete(handle);
  }
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
