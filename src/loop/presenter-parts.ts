/** What a presenter, and the loop that draws for it, are made of, and what they can be asked for. */
import type { Observable } from 'rxjs';
import type { ClientBuffer, Swapchain } from '../buffer/index.js';
import type { GuestheadError } from '../errors.js';
import type { Clock } from './clock.js';
import type { Draw, Drawable } from './frame.js';
import type { FramesAhead } from './frames-ahead.js';
import type { PaceObserver } from './pacing.js';
import type { Scanout } from './scanout.js';

export interface PresenterOptions {
  /** One refresh cycle of the mode, ms. */
  readonly periodMs: number;
  /** How long a flip, a drawing (without the GPU's time) or a locked swapchain may take before it is reported, ms. */
  readonly flipTimeoutMs: number;
}

export interface LoopOptions extends PresenterOptions {
  /** `mailbox` draws on while a commit waits, and shows the newest frame. */
  readonly presentMode: 'fifo' | 'mailbox';
  /** Draws as late as the measured drawing time allows, instead of a frame ahead. */
  readonly deadline: boolean;
  /** What a failed `draw` does: the loop ends, or goes on with the next frame. */
  readonly onDrawError: 'end' | 'skip';
}

export interface PresenterParts<B extends Drawable> {
  readonly swapchain: Swapchain<B>;
  /** Outlives the presenter, as the swapchain does: what it has queued is shown under the next one. */
  readonly ahead: FramesAhead;
  readonly scanout: Scanout;
  readonly clock: Clock;
  readonly options: PresenterOptions;
  /** Runs once the events of this turn have been handled, those of other heads too. */
  readonly defer: (callback: () => void) => void;
  /** What the display's flips tell; read by whoever reports. */
  readonly pace: PaceObserver;
  /** Gets each buffer that is free again. */
  readonly onReleased: (slot: number) => void;
  /** The slot of a client's buffer; throws where it cannot be shown. */
  readonly slotOf: (buffer: ClientBuffer) => number;
  /** Gets the buffer whose commit was refused for good, before the presenter fails. */
  readonly onRefused?: ((slot: number) => void) | undefined;
  /** Gets what went wrong without ending the loop, once for each time. */
  readonly report: (fault: GuestheadError) => void;
}

export interface LoopParts<B extends Drawable> extends PresenterParts<B> {
  readonly draw: Draw;
  readonly options: LoopOptions;
  /** Each emission asks for one frame; without it every refresh cycle does. */
  readonly when$?: Observable<unknown> | undefined;
  /**
   * How long ago the render GPU had a job, ms; 0 while it has one. A job has a time limit of its own, and what the GPU
   * works, or compiles, is no time of `draw`'s.
   */
  readonly gpuIdleMs?: (() => number) | undefined;
  /** See `PresenterHooks`. */
  readonly onModeShown?: (() => void) | undefined;
  readonly onMaster?: ((isOurs: boolean) => void) | undefined;
}
