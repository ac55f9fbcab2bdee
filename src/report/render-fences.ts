/** When the GPU had drawn each frame. */
import { Fence, type FenceCalls } from '../buffer/index.js';
import type { Drawn } from '../gl/index.js';
import { monotonicClock } from '../loop/index.js';

/** The addon's. */
export interface FenceCopies extends FenceCalls {
  duplicate(fd: number): number;
}

/** Waits for copies of frames' fences. Owns what it waits for until `stop`. */
export class RenderFences {
  readonly #watched = new Set<Fence>();

  /** `onEnded`: from a frame's call of `compose` to the end of its drawing; CLOCK_MONOTONIC, ms. */
  constructor(
    private readonly native: FenceCopies,
    private readonly onEnded: (calledMs: number, signalledMs: number) => void,
  ) {}

  /** A frame's `compose` has come back. The fence stays the caller's. Of an `implicit` end nobody tells. */
  drawn({ fence, fenceKind }: Drawn, calledMs: number): void {
    if (fence !== undefined) this.#watch(fence, calledMs);
    else if (fenceKind === 'finish') this.#ended(calledMs, monotonicClock.now());
  }

  /** Idempotent. */
  stop(): void {
    for (const fence of this.#watched) fence.close();
    this.#watched.clear();
  }

  #watch({ fd }: Fence, calledMs: number): void {
    const own = Fence.made(this.native.duplicate(fd), this.native);
    this.#watched.add(own);
    own.signalled
      .then(() => {
        this.#ended(calledMs, this.#signalOf(own.fd));
      })
      .catch(() => undefined) // closed by `stop`, or not to be polled: not seen
      .finally(() => {
        this.#watched.delete(own);
        own.close();
      });
  }

  /** The kernel's own time of it. */
  #signalOf(fd: number): number {
    const { fences } = this.native.syncFileInfo(fd);
    return Math.max(...fences.map(({ timestampNs }) => timestampNs)) / 1e6;
  }

  #ended(calledMs: number, signalledMs: number): void {
    this.onEnded(calledMs, Math.max(calledMs, signalledMs));
  }
}

/** What CLOCK_MONOTONIC is ahead of `performance.now()`: the reading with the least time in between. */
export function clockDifference(): number {
  return Math.max(...Array.from({ length: 8 }, () => monotonicClock.now() - performance.now()));
}
