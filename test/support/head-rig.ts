/** A head on a fake kernel, for the tests. */
import assert from 'node:assert/strict';
import { Subject } from 'rxjs';
import type { ScanoutBuffer } from '../../src/buffer/index.js';
import type { ConnectorId, CrtcId, Mode, PlaneId } from '../../src/ffi/index.js';
import type { GpuPair, PairChange } from '../../src/gpus/index.js';
import type { BufferSet } from '../../src/head/buffer-set.js';
import type { Claim } from '../../src/head/claim.js';
import { Head } from '../../src/head/head.js';
import { parseHeadOptions } from '../../src/head/options.js';
import { Owner } from '../../src/owner.js';
import { FakeNative } from '../../src/testing/index.js';

const periodMs = 1000 / 60;

/** A head on a kernel that accepts everything and whose flips the test makes. */
export class HeadRig {
  readonly changes$ = new Subject<PairChange>();
  readonly #device = new FakeNative().openDevice();
  readonly head: Head;

  constructor() {
    const properties = new Map(['FB_ID', 'IN_FENCE_FD', 'OUT_FENCE_PTR'].map((name, id) => [name, { id }]));
    const node = { path: '/dev/dri/card9', driver: 'fake', fd: 9, properties: () => properties };
    const connector = { id: 1 as ConnectorId, name: 'Fake-1' };
    const claim = {
      native: new FakeNative(),
      display: { node, device: this.#device },
      pipe: { connector, connectorIndex: 0, crtc: 2 as CrtcId, plane: 3 as PlaneId },
      modeset: { show: () => undefined, restore: () => undefined },
      release: () => undefined,
    } as unknown as Claim;
    const mode = { width: 64, height: 32, refreshHz: 60, raw: Buffer.alloc(68) } as unknown as Mode;
    const buffers = [0, 1, 2, 3].map((slot) => fakeBuffer(slot));
    const set: BufferSet = { mode, path: 'import', refused: [], buffers, owner: new Owner() };
    const pair = { changes$: this.changes$, reopens: false, assertOpen: () => undefined } as unknown as GpuPair;
    this.head = new Head(pair, false, parseHeadOptions({}), claim, set);
  }

  /** So many flips, one after the other. */
  async flip(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const scanout = this.#device.scanouts.at(-1);
      assert.ok(scanout);
      scanout.flip({ elapsedNs: periodMs * 1e6 });
      await new Promise(setImmediate);
    }
  }
}

function fakeBuffer(slot: number): ScanoutBuffer {
  const layout = { width: 64, height: 32, stride: 256 };
  const parts = { layout, framebuffer: 10 + slot, dmabufFd: 20 + slot, drawnFd: 20 + slot, bytesCopied: 0 };
  const drawing = { pixels: () => new Uint32Array(64 * 32), endDraw: () => undefined, damaged: () => undefined };
  return { ...parts, ...drawing } as unknown as ScanoutBuffer;
}
