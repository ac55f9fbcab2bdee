/** The loop's scanout on the real kernel: the addon's frame path, the mode that goes with a frame, the fences behind. */
import { closeSync } from 'node:fs';
import { Observable, type Subscriber } from 'rxjs';
import { errnoOf, type GuestheadError } from '../errors.js';
import { Fence } from '../buffer/index.js';
import type { DmabufFd, FramebufferId, Mode } from '../ffi/index.js';
import { propertyId } from '../kms/index.js';
import type { Scanout, ScanoutEvent } from '../loop/index.js';
import { access, commitFlag, type NativeScanout } from '../native/index.js';
import type { Claim } from './claim.js';
import { FenceSampler } from './fence-sampling.js';
import type { HeadTelemetry } from './telemetry.js';

const flipFlags = commitFlag.nonblock | commitFlag.pageFlipEvent;

/** What can be shown; it stays its owner's. */
export interface Attachable {
  readonly framebuffer: FramebufferId;
  /** The memory shown, whose fences say when the host is done. */
  readonly dmabufFd: DmabufFd;
}

export interface ScanoutParts {
  readonly claim: Claim;
  /** Gets the flush fences' times, ms from the commit. */
  readonly flushFences: Pick<HeadTelemetry, 'observed' | 'next'>;
  /** Called at each flip event, before the loop's next commit. */
  readonly onFlip: () => void;
  /** Called once for each time that DRM master was lost, where the kernel will not let us have it again. */
  readonly onForbidden: (why: GuestheadError) => void;
  /** Whether the display really is gone, by an ioctl. */
  readonly gone: () => boolean;
}

/** Of one claim, whatever is shown on it: buffers come and go, and modes change. */
export class KernelScanout implements Scanout {
  /** For one subscriber at a time, the loop. */
  readonly events$ = new Observable<ScanoutEvent>((subscriber) => {
    this.#listener = subscriber;
    for (const event of this.#unheard.splice(0)) subscriber.next(event);
  });
  #listener: Subscriber<ScanoutEvent> | undefined;
  /** Came between two loops, for the next: a buffer whose release nobody hears of would never be free again. */
  readonly #unheard: ScanoutEvent[] = [];
  readonly #native: NativeScanout;
  readonly #attached = new Map<number, Attachable>();
  readonly #sampler: FenceSampler;
  #mode: Mode | undefined;
  #flipPending = false;
  #forbidden = false;

  constructor(private readonly parts: ScanoutParts) {
    this.#native = this.#create();
    this.#sampler = new FenceSampler(parts.claim.native, parts.flushFences);
  }

  /** Whether a commit has been made whose flip event has not come yet. */
  get flipPending(): boolean {
    return this.#flipPending;
  }

  /** The mode that the next commit sets which sets one. */
  useMode(mode: Mode): void {
    this.#mode = mode;
  }

  /** Throws NativeError, and nothing is attached then. */
  attach(slot: number, buffer: Attachable): void {
    this.#native.attach(slot, buffer.framebuffer, buffer.dmabufFd);
    this.#attached.set(slot, buffer);
  }

  detach(slot: number): void {
    if (this.#attached.delete(slot)) this.#native.detach(slot);
  }

  commit(
    slot: number,
    inFence: number,
    modeset: boolean,
    damage: Uint32Array | undefined,
    wantOutFence: boolean,
  ): number {
    const dmabufFd = this.#attached.get(slot)?.dmabufFd;
    const sampled = this.#sampler.before(slot);
    const result = modeset
      ? this.#commitMode(slot, inFence, wantOutFence)
      : this.#commitFrame(slot, inFence, damage, wantOutFence);
    if (result < 0) return result;
    this.#flipPending = true;
    this.#sampler.committed(slot, sampled, dmabufFd);
    return result;
  }

  adopt(outFence: number): Fence {
    return Fence.made(outFence, this.parts.claim.native);
  }

  regain(): boolean {
    const isMaster = this.parts.claim.display.node.regainMaster((why) => {
      if (!this.#forbidden) this.parts.onForbidden(why);
      this.#forbidden = true;
    });
    if (isMaster) this.#forbidden = false;
    return isMaster;
  }

  gone(): boolean {
    return this.parts.gone();
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

  /** Detaches all: who detaches one of them later finds it done. Idempotent. */
  close(): void {
    this.#listener?.complete();
    this.#unheard.length = 0;
    this.#attached.clear();
    this.#native.close();
  }

  #commitFrame(slot: number, inFence: number, damage: Uint32Array | undefined, wantOutFence: boolean): number {
    if (damage === undefined) return this.#native.commit(slot, inFence, flipFlags, wantOutFence);
    return this.#native.commit(slot, inFence, flipFlags, wantOutFence, damage);
  }

  /** What cannot be asked of a display that is gone fails as the commit itself would. */
  #commitMode(slot: number, inFence: number, wantOutFence: boolean): number {
    const { modeset } = this.parts.claim;
    if (this.#mode === undefined) throw new Error('no mode was chosen');
    try {
      modeset.committing();
      const result = modeset.withState(this.#mode, (state) =>
        this.#native.commit(slot, inFence, flipFlags | commitFlag.allowModeset, wantOutFence, undefined, state),
      );
      if (result >= 0) modeset.committed();
      return result;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      return -errno;
    }
  }

  #create(): NativeScanout {
    const { display, pipe } = this.parts.claim;
    const onPlane = (name: string) => propertyId(display.node, 'plane', pipe.plane, name);
    const ids = {
      crtc: pipe.crtc,
      plane: pipe.plane,
      fbId: onPlane('FB_ID'),
      inFenceFd: onPlane('IN_FENCE_FD'),
      fbDamageClips: onPlane('FB_DAMAGE_CLIPS'),
      outFencePtr: propertyId(display.node, 'crtc', pipe.crtc, 'OUT_FENCE_PTR'),
    };
    return display.device.createScanout(ids, {
      flip: (slot, sequence, timestampNs, flushPending) => {
        this.#flipPending = false;
        this.parts.onFlip();
        this.#tell({ kind: 'flip', slot, sequence, timestampNs, flushPending });
      },
      fence: (slot) => {
        this.#tell({ kind: 'fence', slot });
      },
      error: (error) => {
        this.#tell({ kind: 'error', error });
      },
    });
  }

  #tell(event: ScanoutEvent): void {
    if (this.#listener === undefined || this.#listener.closed) this.#unheard.push(event);
    else this.#listener.next(event);
  }

  /** Rendering, readers, and the flush once it is queued. */
  #fencesOf(dmabufFd: number): string[] {
    const fd = this.parts.claim.native.exportSyncFile(dmabufFd, access.write);
    try {
      return this.#pendingOf(fd);
    } finally {
      closeSync(fd);
    }
  }

  #pendingOf(syncFile: number): string[] {
    const { fences } = this.parts.claim.native.syncFileInfo(syncFile);
    return fences.filter(({ status }) => status === 0).map(({ driver, timeline }) => `${driver} (${timeline})`);
  }
}
