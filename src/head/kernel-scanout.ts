/** The flip loop's scanout on the real kernel: the addon's frame path, the screen's modeset, the fences behind. */
import { closeSync } from 'node:fs';
import { Observable, type Subscriber } from 'rxjs';
import type { ClientBuffer } from '../buffer/index.js';
import { access, commitFlag, type NativeScanout } from '../native.js';
import { propertyId } from '../kms/index.js';
import { monotonicClock, type Scanout, type ScanoutEvent } from '../loop/index.js';
import { SampleSchedule } from './fence-sampling.js';
import type { HeadTelemetry } from './telemetry.js';
import type { BufferSet } from './buffer-set.js';
import type { Claim } from './claim.js';

const flipFlags = commitFlag.nonblock | commitFlag.pageFlipEvent;
/** Of all heads together. */
const sampling = new SampleSchedule();
const sampleIntervalUs = 150;
/** A fence that went unseen is looked for until then: long enough for a host that paces by its own screen. */
const sampleTimeoutMs = 20;

type Attached = Pick<ClientBuffer, 'framebuffer' | 'dmabufFd'>;

export interface ScanoutHooks {
  /** Called once, when the first frame is on the screen. */
  readonly onShown: () => void;
  /** Called at each flip event, before the loop's next commit. */
  readonly onFlip: () => void;
}

export class KernelScanout implements Scanout {
  /** For one subscriber, the loop. */
  readonly events$ = new Observable<ScanoutEvent>((subscriber) => {
    this.#listener = subscriber;
  });
  #listener: Subscriber<ScanoutEvent> | undefined;
  readonly #native: NativeScanout;
  readonly #attached = new Map<number, Attached>();
  #shown = false;
  #flipPending = false;
  #sampledSlot = -1;
  /** When the sampled slot was committed, and when last, ms. */
  #sampledAt = 0;
  #committedAgainAt = 0;

  constructor(
    private readonly claim: Claim,
    private readonly set: BufferSet,
    /** Gets the flush fences' times, ms from the commit. */
    private readonly flushFences: Pick<HeadTelemetry, 'observed' | 'next'>,
    private readonly hooks: ScanoutHooks,
  ) {
    this.#native = this.#create();
    try {
      set.buffers.forEach((buffer, slot) => {
        this.attach(slot, buffer);
      });
    } catch (error) {
      this.#native.close();
      throw error;
    }
  }

  /** Whether a commit has been made whose flip event has not come yet. */
  get flipPending(): boolean {
    return this.#flipPending;
  }

  /** A buffer that can be shown; it stays its owner's. */
  attach(slot: number, buffer: Attached): void {
    this.#native.attach(slot, buffer.framebuffer, buffer.dmabufFd);
    this.#attached.set(slot, buffer);
  }

  detach(slot: number): void {
    if (this.#attached.delete(slot)) this.#native.detach(slot);
  }

  show(slot: number): void {
    const buffer = this.#attached.get(slot);
    if (buffer === undefined) return;
    this.claim.modeset.show(this.set.mode, buffer.framebuffer);
    this.#native.setCurrent(slot);
    if (!this.#shown) this.hooks.onShown();
    this.#shown = true;
  }

  commit(slot: number, inFence: number): number {
    const sampled = sampling.isDue && this.flushFences.observed;
    const at = sampled || slot === this.#sampledSlot ? monotonicClock.now() : 0;
    const result = this.#native.commit(slot, inFence, flipFlags, false);
    if (result !== 0) return result;
    this.#flipPending = true;
    if (slot === this.#sampledSlot) this.#committedAgainAt = at;
    if (sampled && this.#sampledSlot < 0) this.#sample(slot, at);
    sampling.countCommit();
    return 0;
  }

  regain(): boolean {
    return this.claim.display.node.regainMaster();
  }

  /** None where the kernel does not tell, for want of descriptors or on a kernel before 6.0. */
  pendingFences(slot: number, inFence: number): readonly string[] {
    const buffer = this.#attached.get(slot);
    try {
      const own = buffer === undefined ? [] : this.#fencesOf(buffer.dmabufFd);
      return [...new Set([...(inFence < 0 ? [] : this.#pendingOf(inFence)), ...own])];
    } catch {
      return [];
    }
  }

  closeFence(fd: number): void {
    closeSync(fd);
  }

  close(): void {
    this.#listener?.complete();
    this.#native.close();
  }

  #create(): NativeScanout {
    const { display, pipe } = this.claim;
    const ids = {
      crtc: pipe.crtc,
      plane: pipe.plane,
      fbId: propertyId(display.node, 'plane', pipe.plane, 'FB_ID'),
      inFenceFd: propertyId(display.node, 'plane', pipe.plane, 'IN_FENCE_FD'),
      outFencePtr: propertyId(display.node, 'crtc', pipe.crtc, 'OUT_FENCE_PTR'),
    };
    return display.device.createScanout(ids, {
      flip: (slot, sequence, timestampNs, flushPending) => {
        this.#flipPending = false;
        this.hooks.onFlip();
        this.#listener?.next({ kind: 'flip', slot, sequence, timestampNs, flushPending });
      },
      fence: (slot) => {
        this.#listener?.next({ kind: 'fence', slot });
      },
      error: (error) => {
        this.#listener?.next({ kind: 'error', error });
      },
    });
  }

  /** Rendering, readers, and the flush once it is queued. */
  #fencesOf(dmabufFd: number): string[] {
    const fd = this.claim.native.exportSyncFile(dmabufFd, access.write);
    try {
      return this.#pendingOf(fd);
    } finally {
      closeSync(fd);
    }
  }

  #pendingOf(syncFile: number): string[] {
    const { fences } = this.claim.native.syncFileInfo(syncFile);
    return fences.filter(({ status }) => status === 0).map(({ driver, timeline }) => `${driver} (${timeline})`);
  }

  #sample(slot: number, committedAt: number): void {
    const buffer = this.#attached.get(slot);
    if (buffer === undefined) return;
    sampling.countSample();
    this.#sampledSlot = slot;
    this.#sampledAt = this.#committedAgainAt = committedAt;
    this.claim.native
      .sampleFence(buffer.dmabufFd, sampleIntervalUs, sampleTimeoutMs)
      .then((signalledNs) => {
        const signalledAt = signalledNs / 1e6;
        // the commit's own fence may have gone unseen, and this be the one of the slot's next turn
        const isOwn = this.#committedAgainAt === this.#sampledAt || signalledAt < this.#committedAgainAt;
        if (signalledNs > 0 && isOwn) this.flushFences.next(signalledAt - this.#sampledAt);
      })
      .catch(() => undefined) // closed in the meantime: no sample
      .finally(() => (this.#sampledSlot = -1));
  }
}
