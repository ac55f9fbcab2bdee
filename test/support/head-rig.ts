/** A head on a fake kernel, for the tests. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScanoutBuffer } from '../../src/buffer/index.js';
import type { ConnectorId, CrtcId, Mode, PlaneId } from '../../src/ffi/index.js';
import { systemError } from '../../src/ffi/failures.js';
import { GpuPair, type OpenGpus } from '../../src/gpus/index.js';
import { parseGpuOptions } from '../../src/gpus/options.js';
import type { BufferSet } from '../../src/head/buffer-set.js';
import type { Claim } from '../../src/head/claim.js';
import { Head } from '../../src/head/head.js';
import { parseHeadOptions } from '../../src/head/options.js';
import { Owner } from '../../src/owner.js';
import { FakeKernel, FakeNative } from '../../src/testing/index.js';
import { settle } from './loop-rig.js';

const periodMs = 1000 / 60;

/** A head on a kernel that accepts everything until it is told otherwise, and whose flips the test makes. */
export class HeadRig {
  readonly #device = new FakeNative().openDevice(0);
  readonly pair: GpuPair;
  readonly head: Head;
  #errno = 0;
  #unplugged = false;

  constructor({ reopen = false } = {}) {
    const display = { node: this.#node(), device: this.#device, found: {}, handles: {}, owner: this.#failing() };
    const render = { node: { path: '/dev/dri/card8', isGone: () => false }, found: {}, owner: new Owner() };
    const opened = { native: new FakeNative(), display, render } as unknown as OpenGpus;
    this.pair = Reflect.construct(GpuPair, [parseGpuOptions({ reopen, kernel: new FakeKernel() }), opened]) as GpuPair;
    const connector = { id: 1 as ConnectorId, name: 'Fake-1' };
    const claim = {
      ...opened,
      pipe: { connector, connectorIndex: 0, crtc: 2 as CrtcId, plane: 3 as PlaneId },
      modeset: {
        committing: () => undefined,
        committed: () => undefined,
        withState: (_mode: Mode, commit: (state: undefined) => number) => commit(undefined),
        restore: this.#refuse,
      },
      release: () => undefined,
    } as unknown as Claim;
    const mode = { width: 64, height: 32, refreshHz: 60, raw: Buffer.alloc(68) } as unknown as Mode;
    const buffers = [0, 1, 2, 3].map((slot) => fakeBuffer(slot));
    const set: BufferSet = { mode, path: 'import', refused: [], buffers, owner: this.#failing() };
    this.head = new Head(this.pair, true, parseHeadOptions({}), claim, set);
  }

  /** From now on the kernel answers all that is asked of the display with ENODEV. */
  unplug(): void {
    this.#unplugged = true;
    this.#errno = constants.errno.ENODEV;
  }

  /** From now on what is asked of the display fails, though it is there. */
  fail(errno: number): void {
    this.#errno = errno;
  }

  /** The next commits, beyond one that is under way. */
  refuseCommits(errno: number, count: number): void {
    this.#device.scanouts.at(-1)?.errnos.push(...Array.from({ length: count }, () => errno));
  }

  /** It flips on anew. */
  async untilStarted(): Promise<void> {
    for (const { length } = this.#device.scanouts; this.#device.scanouts.length === length;) await sleep(5);
    await settle();
  }

  /** So many flips, one after the other. */
  async flip(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const scanout = this.#device.scanouts.at(-1);
      assert.ok(scanout);
      scanout.flip({ elapsedNs: periodMs * 1e6 });
      await settle();
    }
  }

  readonly #refuse = (): void => {
    if (this.#errno !== 0) throw systemError({ fd: 9, operation: 'an ioctl', what: 'refused' }, this.#errno);
  };

  #node() {
    const properties = new Map(['FB_ID', 'IN_FENCE_FD', 'OUT_FENCE_PTR'].map((name, id) => [name, { id }]));
    const refuse = this.#refuse;
    const isGone = () => this.#unplugged;
    const node = { path: '/dev/dri/card9', driver: 'fake', properties: () => properties, isGone, giveUpMaster: refuse };
    return Object.defineProperty(node, 'fd', {
      get: () => {
        refuse();
        return 9;
      },
    });
  }

  #failing(): Owner {
    const owner = new Owner();
    owner.defer(this.#refuse);
    return owner;
  }
}

function fakeBuffer(slot: number): ScanoutBuffer {
  const layout = { width: 64, height: 32, stride: 256 };
  const parts = { layout, framebuffer: 10 + slot, dmabufFd: 20 + slot, drawnFd: 20 + slot, bytesCopied: 0 };
  const drawing = { pixels: () => new Uint32Array(64 * 32), endDraw: () => undefined, damaged: () => undefined };
  return { ...parts, ...drawing } as unknown as ScanoutBuffer;
}
