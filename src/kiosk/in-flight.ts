/**
 * The frame callbacks that frames on their way to the screen have taken along. Where one gets stuck there, since another process has
 * the display or the host does not answer, its clients go on slowly: one that waits for its callback may answer nothing else.
 */
import type { Callback, SlowCallbacks, Waits } from './frame-callbacks.js';

/** Of one surface. */
interface Taken {
  readonly callbacks: Callback[];
}

/**
 * By so much longer a client waits whose own buffer is stuck: one with two has none to draw into, for the other is on the screen, and
 * some end themselves then (release-order.ts). But it is asked before it counts as hung.
 */
const ownBufferMs = 4000;

export class InFlight implements Waits {
  /** Of each frame, and when it set out, or is taken to have. */
  readonly #frames = new Map<readonly Taken[], number>();

  constructor(private readonly slow: Pick<SlowCallbacks, 'watch'>) {}

  /** That of the frame that set out first. */
  get waitingSince(): number | undefined {
    return this.#frames.size === 0 ? undefined : Math.min(...this.#frames.values());
  }

  takeCallbacks(): Callback[] {
    const taken = [...this.#frames.keys()].flatMap((frame) => frame.flatMap(({ callbacks }) => callbacks.splice(0)));
    this.#frames.clear();
    return taken;
  }

  /** A frame sets out, drawn or as its client's own buffer. */
  add(frame: readonly Taken[], isOwnBuffer: boolean): void {
    if (frame.length === 0) return;
    this.#frames.set(frame, performance.now() + (isOwnBuffer ? ownBufferMs : 0));
    this.slow.watch(this);
  }

  /** It is there, or was given up: its callbacks are somebody else's to answer. Idempotent. */
  done(frame: readonly Taken[]): void {
    this.#frames.delete(frame);
  }
}
