/** The flip loop's scanout on the real kernel: the addon's frame path, the screen's modeset and restore. */
import { closeSync } from 'node:fs';
import { Subject } from 'rxjs';
import { commitFlag, type NativeScanout } from '../native.js';
import { propertyId } from './atomic.js';
import { monotonicClock } from './clock.js';
import { guardExit } from './exit-guard.js';
import type { Scanout, ScanoutEvent } from './scanout.js';
import type { HeadParts } from './open.js';

const flipFlags = commitFlag.nonblock | commitFlag.pageFlipEvent;
/** Sampling a fence costs a worker thread's wake-ups: one frame in so many pays them. */
const sampleEvery = 32;
const sampleIntervalUs = 150;
/** A fence that went unseen is looked for until then: long enough for a host that paces by its own screen. */
const sampleTimeoutMs = 20;

export class KernelScanout implements Scanout {
  readonly events$ = new Subject<ScanoutEvent>();
  readonly #native: NativeScanout;
  readonly #removeGuard: () => void;
  #commits = 0;
  /** When each slot was committed last, ms; only while someone listens for samples. */
  readonly #committedAt: Float64Array;
  #sampling = false;

  constructor(
    private readonly parts: HeadParts,
    /** Gets the flush fences' times, ms from the commit. */
    private readonly flushFence$: Subject<number>,
  ) {
    this.#committedAt = new Float64Array(parts.buffers.length);
    this.#native = this.#create();
    this.#removeGuard = guardExit(() => {
      this.restore();
    });
  }

  show(slot: number): void {
    const buffer = this.parts.buffers[slot];
    if (buffer === undefined) return;
    this.parts.screen.show(this.parts.mode, buffer.framebuffer);
    this.#native.setCurrent(slot);
  }

  commit(slot: number, inFence: number): number {
    if (this.flushFence$.observed) this.#committedAt[slot] = monotonicClock.now();
    const result = this.#native.commit(slot, inFence, flipFlags, false);
    if (result === 0 && ++this.#commits % sampleEvery === 0 && this.flushFence$.observed) this.#sample(slot);
    return result;
  }

  restore(): void {
    try {
      this.parts.screen.restore();
    } catch {
      // the device is lost: there is nothing to give back to
    }
  }

  closeFence(fd: number): void {
    closeSync(fd);
  }

  close(): void {
    this.#removeGuard();
    this.events$.complete();
    this.#native.close();
  }

  #create(): NativeScanout {
    const { display, device, pipeline, buffers } = this.parts;
    const ids = {
      crtc: pipeline.crtc,
      plane: pipeline.plane,
      fbId: propertyId(display, 'plane', pipeline.plane, 'FB_ID'),
      inFenceFd: propertyId(display, 'plane', pipeline.plane, 'IN_FENCE_FD'),
      outFencePtr: propertyId(display, 'crtc', pipeline.crtc, 'OUT_FENCE_PTR'),
    };
    const native = device.createScanout(ids, {
      flip: (slot, sequence, timestampNs, flushPending) => {
        this.events$.next({ kind: 'flip', slot, sequence, timestampNs, flushPending });
      },
      fence: (slot) => {
        this.events$.next({ kind: 'fence', slot });
      },
      error: (error) => {
        this.events$.next({ kind: 'error', error });
      },
    });
    buffers.forEach((buffer, slot) => {
      native.attach(slot, buffer.framebuffer, buffer.dmabufFd);
    });
    return native;
  }

  #sample(slot: number): void {
    const buffer = this.parts.buffers[slot];
    const committedAt = this.#committedAt[slot] ?? 0;
    if (this.#sampling || buffer === undefined) return;
    this.#sampling = true;
    this.parts.native
      .sampleFence(buffer.dmabufFd, sampleIntervalUs, sampleTimeoutMs)
      .then((signalledNs) => {
        const signalledAt = signalledNs / 1e6;
        const latest = this.#committedAt[slot] ?? 0;
        // the commit's own fence may have gone unseen, and this be the one of the slot's next turn
        const isOwn = latest === committedAt || signalledAt < latest;
        if (signalledNs > 0 && isOwn) this.flushFence$.next(signalledAt - committedAt);
      })
      .catch(() => undefined) // closed in the meantime: no sample
      .finally(() => (this.#sampling = false));
  }
}
