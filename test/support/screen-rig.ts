/** What a head has on one claim, on the fake addon: no kernel, flips and fences by hand. */
import { ImportedBuffer, type ClientBuffer, type ScanoutBuffer } from '../../src/buffer/index.js';
import type { DmabufFd, FramebufferId, Mode } from '../../src/ffi/index.js';
import type { BufferSet } from '../../src/head/buffer-set.js';
import type { Claim } from '../../src/head/claim.js';
import { OnScreen } from '../../src/head/on-screen.js';
import { Outbox, PaceObserver, type LoopOptions, type PresenterParts } from '../../src/loop/index.js';
import { commitFlag, type AtomicRequest } from '../../src/native/index.js';
import { Owner } from '../../src/owner.js';
import { FakeDevice, FakeNative, nativeError, type FakeFlip, type FakeScanout } from '../../src/testing/index.js';
import type { GuestheadError } from '../../src/errors.js';
import { FakeFences } from './fake-fences.js';
import { Canvas, HandClock, Jobs, loopOptions, periodMs } from './loop-rig.js';

let nextFramebuffer = 1;

/** One backbuffer, whose memory is counted as open until its set is closed. */
export class FakeBuffer extends Canvas {
  readonly framebuffer = nextFramebuffer++ as FramebufferId;
  readonly dmabufFd = -1 as DmabufFd;
  readonly bytesCopied = 0;
  override readonly layout: { width: number; height: number; stride: number };
  closed = false;

  constructor([width, height]: readonly [number, number], copies: boolean) {
    super(copies);
    this.layout = { width, height, stride: width * 4 };
  }

  close(): void {
    this.closed = true;
  }
}

export interface FakeSet {
  readonly set: BufferSet;
  readonly buffers: readonly FakeBuffer[];
  readonly closed: boolean;
}

export function modeOf(width: number, height: number): Mode {
  return { width, height, refreshHz: 1000 / periodMs, raw: Buffer.from([width & 0xff, height & 0xff]) } as Mode;
}

/** A set of backbuffers of this size. */
export function fakeSet(count = 4, [width, height] = [64, 32], copies = false): FakeSet {
  const owner = new Owner();
  const buffers = Array.from({ length: count }, () =>
    owner.own(new FakeBuffer([width, height], copies), (it) => it.close()),
  );
  const set = {
    mode: modeOf(width, height),
    path: 'import',
    refused: [],
    buffers: buffers as unknown as readonly ScanoutBuffer[],
    most: count,
    another: () => undefined,
    owner,
  } as const;
  return {
    set,
    buffers,
    get closed() {
      return buffers.every(({ closed }) => closed);
    },
  };
}

/** A client's buffer; `closed` once its framebuffer and descriptor are. */
export class FakeImport {
  closed = false;
  readonly imported: ImportedBuffer;

  constructor([width, height] = [64, 32]) {
    const layout = { width, height, format: 0, stride: 256, offset: 0, modifier: 0n, size: 0 };
    const owner = new Owner();
    owner.defer(() => (this.closed = true));
    const framebuffer = nextFramebuffer++ as FramebufferId;
    this.imported = new ImportedBuffer(layout, framebuffer, -1 as DmabufFd, owner, () => undefined);
  }

  open(): ClientBuffer {
    return this.imported.open();
  }
}

const noState: AtomicRequest = {
  objects: new Uint32Array(),
  properties: new Uint32Array(),
  values: new BigUint64Array(),
};

export class ScreenRig {
  readonly device = new FakeDevice();
  readonly native = new FakeNative();
  readonly jobs = new Jobs();
  readonly clock = new HandClock();
  readonly fences = new FakeFences();
  readonly faults: GuestheadError[] = [];
  readonly outbox = new Outbox(this.jobs.defer, (fault) => this.faults.push(fault));
  /** What was done to the CRTC beside the frames. */
  readonly modesets: string[] = [];
  readonly claim: Claim;
  #screen: OnScreen | undefined;

  constructor() {
    this.clock.afterTimer = this.jobs.run;
    this.claim = this.#claim();
  }

  get screen(): OnScreen {
    this.#screen ??= new OnScreen(this.scanoutParts, this.outbox, 0, () => undefined);
    return this.#screen;
  }

  get scanoutParts() {
    const flushFences = { observed: false, next: () => undefined };
    return { claim: this.claim, flushFences, onFlip: () => undefined, onForbidden: () => undefined, gone: () => true };
  }

  get scanout(): FakeScanout {
    const scanout = this.device.scanouts.at(-1);
    if (scanout === undefined) throw new Error('there is no scanout');
    return scanout;
  }

  /** Of each commit, whether it came with the mode. */
  get modes(): boolean[] {
    return this.scanout.commits.map(({ flags }) => (flags & commitFlag.allowModeset) !== 0);
  }

  flip(flip: FakeFlip = {}): void {
    this.scanout.flip(flip);
    this.jobs.run();
  }

  signal(slot: number): void {
    this.scanout.signal(slot);
    this.jobs.run();
  }

  lose(): void {
    this.scanout.lose(nativeError(19, 'read'));
    this.jobs.run();
  }

  /** For a presenter on this set. */
  parts(set: BufferSet, options: Partial<LoopOptions> = {}): PresenterParts<ScanoutBuffer> {
    const { screen, clock } = this;
    return {
      swapchain: screen.chain,
      ahead: screen.ahead,
      scanout: screen.scanout,
      clock,
      options: { ...loopOptions, ...options },
      defer: this.jobs.defer,
      pace: new PaceObserver(periodMs),
      onReleased: () => undefined,
      onRefused: (slot) => screen.refused(slot),
      slotOf: (buffer) => screen.slotOf(buffer, set),
      report: (fault) => this.faults.push(fault),
    };
  }

  #claim(): Claim {
    const properties = new Map(
      ['FB_ID', 'IN_FENCE_FD', 'FB_DAMAGE_CLIPS', 'OUT_FENCE_PTR'].map((name, index) => [name, { id: index + 3 }]),
    );
    const modeset = {
      withState: (_mode: Mode, commit: (state: AtomicRequest) => unknown) => commit(noState),
      committing: () => undefined,
      committed: () => this.modesets.push('mode'),
      off: () => this.modesets.push('off'),
      restore: () => {
        const last = this.modesets.at(-1);
        if (last === 'mode' || last === 'off') this.modesets.push('restore'); // idempotent, as the real one
      },
    };
    const node = { path: '/dev/dri/card9', driver: 'fake', properties: () => properties, regainMaster: () => true };
    return {
      native: this.native,
      display: { node, device: this.device },
      pipe: { crtc: 1, plane: 2, connector: { id: 3, name: 'Virtual-1' } },
      modeset,
      release: () => this.modesets.push('released'),
    } as unknown as Claim;
  }
}
