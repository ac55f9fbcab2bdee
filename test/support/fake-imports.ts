/** Imports without a kernel: what it is asked, and what is open, is counted; files stand in for dma-bufs. */
import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'node:test';
import { ClientBuffers, type ClientBufferCalls, type DmabufDescription } from '../../src/buffer/client-buffers.js';
import { GemHandles } from '../../src/buffer/gem-handles.js';
import type { KmsNode } from '../../src/device/index.js';
import { GuestheadError } from '../../src/errors.js';
import { LINEAR, type DmabufFd, type FramebufferId, type GemHandle } from '../../src/ffi/index.js';
import { isOpen } from './descriptors.js';

const size = 64 * 4 * 32;

/** A display whose kernel counts what it is asked, and what is open; files stand in for dma-bufs. */
export class FakeDisplay {
  readonly imported: number[] = [];
  readonly openHandles = new Set<GemHandle>();
  readonly openFramebuffers = new Set<FramebufferId>();
  readonly exported: DmabufFd[] = [];
  /** Errnos of the calls to come, 0 = it works. */
  readonly errnos: Record<'import' | 'framebuffer' | 'export' | 'close', number[]> = {
    import: [],
    framebuffer: [],
    export: [],
    close: [],
  };
  #next = 1;
  readonly #node = { fd: 9, path: '/dev/dri/card9', driver: 'fake' } as unknown as KmsNode;
  readonly #handles = new GemHandles({
    primeFdToHandle: (dmabuf) => {
      this.imported.push(dmabuf);
      this.#fail('import');
      const handle = this.#next++ as GemHandle;
      this.openHandles.add(handle);
      return handle;
    },
    closeGemHandle: (handle) => {
      assert.ok(this.openHandles.delete(handle));
    },
  });
  readonly #calls: ClientBufferCalls = {
    framebuffer: (owner) => {
      this.#fail('framebuffer');
      const id = this.#next++ as FramebufferId;
      this.openFramebuffers.add(id);
      return owner.own(id, () => {
        this.#fail('close');
        assert.ok(this.openFramebuffers.delete(id));
      });
    },
    exportDmabuf: () => {
      this.#fail('export');
      const fd = openSync('/dev/null', 'r') as DmabufFd;
      this.exported.push(fd);
      return fd;
    },
  };
  readonly buffers = new ClientBuffers(this.#node, this.#handles, this.#calls);

  /** What is open now: handles, framebuffers, descriptors. */
  open(): [number, number, number] {
    return [this.openHandles.size, this.openFramebuffers.size, this.exported.filter(isOpen).length];
  }

  #fail(call: keyof typeof this.errnos): void {
    const errno = this.errnos[call].shift() ?? 0;
    if (errno !== 0) throw new GuestheadError('ERR_SYSTEM', `refused to ${call}`, { errno });
  }
}

let folder = '';
let opened: number[] = [];

/** For the tests of a file: `dmabuf` works in each of them. */
export function useDmabufs(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guesthead-'));
  });
  afterEach(() => {
    for (const fd of opened) closeSync(fd);
    opened = [];
    rmSync(folder, { recursive: true });
  });
}

/** A descriptor of a buffer that is known by its name; a second one is another descriptor of the same inode. */
export function dmabuf(name: string, bytes = size): number {
  const fd = openSync(join(folder, name), 'a+');
  opened.push(fd);
  ftruncateSync(fd, bytes);
  return fd;
}

export function describing(fd: number, changes: Partial<DmabufDescription> = {}): DmabufDescription {
  return { fd, width: 64, height: 32, strideBytes: 256, modifier: LINEAR, ...changes };
}
