/** GBM on the fake render GPU. */
import { constants } from 'node:os';
import type { AllocatedBuffer, Allocator } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { LINEAR, type BufferOptions, type DmabufOptions, type GemHandle } from '../ffi/index.js';
import type { FakeMemories, FakeMemory } from './fake-memory.js';
import type { FakeNode } from './fake-node.js';
import type { Faults } from './faults.js';

/** What GPUs want of a row, bytes. */
const strideAlignment = 256;

/** Counts its handles, as Mesa does: several buffers of one memory have the same. */
export class FakeAllocator implements Allocator {
  readonly backendName = 'fake';
  readonly buffers = new Set<AllocatedBuffer>();
  readonly #users = new Map<GemHandle, number>();

  constructor(
    private readonly node: FakeNode,
    private readonly memories: FakeMemories,
    private readonly faults: Faults,
  ) {}

  supports(): boolean {
    return true;
  }

  takesModifier(_format: number, modifier: bigint): boolean {
    return modifier === LINEAR;
  }

  createBuffer({ width, height }: BufferOptions): AllocatedBuffer {
    const errno = this.faults.take('createBuffer');
    if (errno !== 0 || this.node.gpu.gone) {
      const details = { operation: 'gbm_bo_create', device: this.node.path, errno: errno || constants.errno.ENODEV };
      throw new GuestheadError('ERR_ALLOCATION', 'The fake GPU has no memory', details);
    }
    const stride = Math.ceil((width * 4) / strideAlignment) * strideAlignment;
    return this.#buffer(this.memories.create(stride * height), stride);
  }

  importDmabuf({ fd, stride }: DmabufOptions): AllocatedBuffer {
    const errno = this.faults.take('importDmabuf');
    const memory = this.memories.of(fd);
    if (errno === 0 && memory !== undefined && !this.node.gpu.gone) return this.#buffer(memory, stride);
    const details = { operation: 'gbm_bo_import', device: this.node.path, errno: errno || constants.errno.EINVAL };
    throw new GuestheadError('ERR_IMPORT_REFUSED', 'The fake GPU does not take the buffer', details);
  }

  close(): void {
    for (const buffer of [...this.buffers]) buffer.close();
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
