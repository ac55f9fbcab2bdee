/**
 * The frame callbacks that frames on their way to the screen have taken along. Where one gets stuck there, since another process has
 * the display or the host does not answer, its clients go on slowly: one that waits for its callback may answer nothing else.
 */
import type { Callback, SlowCallbacks, Waits } from './frame-callbacks.js';

/** Of one surface. */
interface Taken {
  readonly callbacks: Callback[];
}

export class InFlight implements Waits {
  /** Of each frame, and when it set out. */
  readonly #frames = new Map<readonly Taken[], number>();

  constructor(private readonly slow: SlowCallbacks) {}

  /** That of the frame that set out first. */
  get waitingSince(): number | undefined {
    const [first] = this.#frames.values();
    return first;
  }

  takeCallbacks(): Callback[] {
    const taken = [...this.#frames.keys()].flatMap((frame) => frame.flatMap(({ callbacks }) => callbacks.splice(0)));
    this.#frames.clear();
    return taken;
  }

  /** A frame sets out. */
  add(frame: readonly Taken[]): void {
    if (frame.length === 0) return;
    this.#frames.set(frame, performance.now());
    this.slow.watch(this);
  }

  /** It is there, or was given up: its callbacks are somebody else's to answer. Idempotent. */
  done(frame: readonly Taken[]): void {
    this.#frames.delete(frame);
  }
}
