/** What the flip loop is made of, and what it can be asked for. */
import type { Observable } from 'rxjs';
import type { ClientBuffer, Swapchain } from '../buffer/index.js';
import type { GuestheadError } from '../errors.js';
import type { Clock } from './clock.js';
import type { Draw, Drawable } from './frame.js';
import type { PaceObserver } from './pacing.js';
import type { Scanout } from './scanout.js';

export interface LoopOptions {
  /** One refresh cycle of the mode, ms. */
  readonly periodMs: number;
  /** `mailbox` draws on while a commit waits, and shows the newest frame. */
  readonly presentMode: 'fifo' | 'mailbox';
  /** Draws as late as the measured drawing time allows, instead of a frame ahead. */
  readonly deadline: boolean;
  /** How long a flip, a drawing or a locked swapchain may take before it is reported, ms. */
  readonly flipTimeoutMs: number;
  /** What a failed `draw` does: the loop ends, or goes on with the next frame. */
  readonly onDrawError: 'end' | 'skip';
}

export interface LoopParts<B extends Drawable> {
  readonly swapchain: Swapchain<B>;
  readonly scanout: Scanout;
  readonly clock: Clock;
  readonly draw: Draw;
  readonly options: LoopOptions;
  /** Each emission asks for one frame; without it every refresh cycle does. */
  readonly when$?: Observable<unknown> | undefined;
  /** Runs once the events of this turn have been handled, those of other heads too. */
  readonly defer: (callback: () => void) => void;
  /** What the display's flips tell; read by whoever reports. */
  readonly pace: PaceObserver;
  /** Gets each buffer that is free again. */
  readonly onReleased: (slot: number) => void;
  /** The place of a caller's buffer in the chain; throws where it cannot be shown. */
  readonly placeOf: (buffer: ClientBuffer) => number;
  /** Gets what went wrong without ending the loop, once for each time. */
  readonly report: (fault: GuestheadError) => void;
}
