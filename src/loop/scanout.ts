/** What the flip loop drives, what it is told, and what it tells. */
import type { Observable } from 'rxjs';
import type { Fence } from '../buffer/index.js';

export type ScanoutEvent =
  | {
      readonly kind: 'flip';
      readonly slot: number;
      /** The CRTC's vblank counter, 32 bits. */
      readonly sequence: number;
      /** CLOCK_MONOTONIC, ns. */
      readonly timestampNs: number;
      readonly flushPending: boolean;
    }
  | { readonly kind: 'fence'; readonly slot: number }
  | { readonly kind: 'error'; readonly error: Error };

/** What the loop drives. */
export interface Scanout {
  /** What comes while nobody listens is told to the next who does. */
  readonly events$: Observable<ScanoutEvent>;
  /**
   * Commits this slot's buffer without waiting; its flip event follows. `inFence` -1 = none; `modeset`
   * sets the whole mode with it; `damage` as in `Presented`. 0 or a negative errno; an out-fence for `adopt` where one is
   * wanted.
   */
  commit(
    slot: number,
    inFence: number,
    modeset: boolean,
    damage: Uint32Array | undefined,
    wantOutFence: boolean,
  ): number;
  /** What such a commit returned; the caller's. */
  adopt(outFence: number): Fence;
  /** After a commit was refused for want of DRM master: whether it is ours again. */
  regain(): boolean;
  /** After a commit said so: whether the device really is gone. */
  gone(): boolean;
  /** For people: the fences that the flip to this slot waits for, e.g. `vgem (unbound)`. */
  pendingFences(slot: number, inFence: number): readonly string[];
}

/** One completed page flip. */
export interface Flip {
  /** The frame now on the screen. */
  readonly frame: number;
  readonly slot: number;
  /** It is a client's buffer, and none of the head's backbuffers. */
  readonly isClients: boolean;
  readonly sequence: number;
  readonly timestampNs: number;
  /** Refresh cycles that went by without a flip since the one before, by the kernel's counter. */
  readonly missed: number;
  /** Duration of the commit call, ms. */
  readonly commitMs: number;
  /** From the commit to the kernel's time of the flip, ms. */
  readonly flipMs: number;
  /** From the start of `draw` to the kernel's time of the flip, ms: how old the picture is when it is shown. */
  readonly latencyMs: number;
  /** How long `draw` worked on it, ms. */
  readonly drawMs: number;
  /** The kernel went on before the host was done: the picture may be torn. */
  readonly tearRisk: boolean;
  /** This flip came late because every buffer was locked. */
  readonly starved: boolean;
  /** This flip came late because its `draw` took longer than a refresh cycle. */
  readonly drawnLate: boolean;
  /** Frames drawn and given up since the flip before: replaced by a newer one, or `draw` failed. */
  readonly dropped: number;
}
