/**
 * The frame callbacks that frames on their way to the screen have taken along. Where one gets stuck there, since another process has
 * the display or the host does not answer, its clients go on slowly: one that waits for its callback may answer nothing else.
 */
import { performance } from 'node:perf_hooks';
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
  /** In the order in which they set out. */
  #frames: { readonly taken: readonly Taken[]; readonly sinceMs: number }[] = [];

  constructor(private readonly slow: Pick<SlowCallbacks, 'watch'>) {}

  /** That of the frame that set out first, or is taken to have. */
  get waitingSince(): number | undefined {
    let first: number | undefined;
    for (const { sinceMs } of this.#frames) first = Math.min(first ?? sinceMs, sinceMs);
    return first;
  }

  takeCallbacks(): Callback[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames.flatMap(({ taken }) => taken.flatMap(({ callbacks }) => callbacks.splice(0)));
  }

  /** A frame sets out, drawn or as its client's own buffer. */
  add(taken: readonly Taken[], isOwnBuffer: boolean): void {
    if (taken.length === 0) return;
    this.#frames.push({ taken, sinceMs: performance.now() + (isOwnBuffer ? ownBufferMs : 0) });
    this.slow.watch(this);
  }

  /** It is there, or was given up: its callbacks are somebody else's to answer. Idempotent. */
  done(taken: readonly Taken[]): void {
    if (this.#frames[0]?.taken === taken) this.#frames.shift();
    else this.#frames = this.#frames.filter((frame) => frame.taken !== taken);
  }
}
