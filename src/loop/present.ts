/** One present on its way to the screen, and how it ends. */
import type { Fence, Rectangle } from '../buffer/index.js';

export type DiscardReason =
  /** A newer one took its place before it was committed. */
  | 'replaced'
  /** The head, or its flips, ended before it was shown. */
  | 'closed'
  /** Its device is gone. */
  | 'lost'
  /** The kernel refused it, or its pixels could not be brought to the display. */
  | 'refused'
  /** The mode changed meanwhile: its buffer is of another size. */
  | 'resized'
  /** The host closed the head. */
  | 'unplugged'
  /** The head was turned off. */
  | 'off'
  /** The display was left to others (`Gpus.pause`). */
  | 'paused';

/** Each present ends as exactly one of these. */
export type Outcome =
  | {
      readonly kind: 'shown';
      readonly frame: number;
      /** The CRTC's vblank counter, 32 bits. */
      readonly sequence: number;
      /** When it came to the screen: CLOCK_MONOTONIC, ns. */
      readonly timestampNs: number;
      /** One refresh cycle of the mode, ns. */
      readonly refreshNs: number;
      /** No byte of it was copied in the guest. */
      readonly zeroCopy: boolean;
    }
  | { readonly kind: 'discarded'; readonly frame: number; readonly reason: DiscardReason };

/** What may come with a present. */
export interface PresentOptions {
  /** Signals when the picture is rendered: the kernel shows it then. The head takes it over: it is closed for the caller. */
  readonly fence?: Fence | undefined;
  /** The parts that differ from the frame before, FB_DAMAGE_CLIPS; without it all of it. */
  readonly damage?: readonly Rectangle[] | undefined;
  /**
   * Gets the commit's OUT_FENCE, once it has been accepted: it signals when the picture is on the screen, and the display
   * no longer reads what was shown before (the host may: see `onReleased`). Whoever gets it owns it. Not called for a
   * present that is discarded before its commit.
   */
  readonly onOutFence?: ((fence: Fence) => void) | undefined;
  /** Called once, after the events of the turn have been answered. */
  readonly onOutcome?: ((outcome: Outcome) => void) | undefined;
  /** Called once, when neither display nor host reads the buffer any longer; of a discarded present, too. */
  readonly onReleased?: (() => void) | undefined;
}

/** A frame drawn, or a client's buffer, on its way to the screen. */
export interface Presented {
  /** The buffer to be shown. */
  readonly slot: number;
  readonly frame: number;
  readonly fence: Fence | undefined;
  /** x1, y1, x2, y2 of each clip. */
  readonly damage: Uint32Array | undefined;
  /** When its drawing began, and for how long it took, ms; of a client's buffer when it was presented, and 0. */
  readonly startedAt: number;
  readonly drawMs: number;
  readonly zeroCopy: boolean;
  /** The slot's buffer is a client's. */
  readonly isClients: boolean;
  readonly onOutFence: ((fence: Fence) => void) | undefined;
  readonly onOutcome: ((outcome: Outcome) => void) | undefined;
  /** Its pixels are still to be brought to the display: it cannot be committed yet. */
  unfinished: boolean;
  /** It was committed with the whole mode. */
  modeset: boolean;
  /** When it was committed, and how long the call took, ms. */
  committedAt: number;
  commitMs: number;
}
