/**
 * The frames on their way to the screen: one that waits for its commit, and one that
 * waits for its flip event. Owns their fences, and moves their buffers in the swapchain.
 *
 *   draw ──add──► ready ──accepted──► queued ──flipped──► on the screen
 *                   └─ dropped for a newer one
 */
import type { Swapchain } from '../buffer/index.js';
import type { Drawn } from './drawing.js';
import type { Scanout } from './scanout.js';

type Chain = Pick<Swapchain<never>, 'submit' | 'flipped' | 'drop' | 'cancel' | 'lose'>;

export class FramesAhead {
  #ready: Drawn | undefined;
  #queued: Drawn | undefined;

  constructor(
    private readonly chain: Chain,
    private readonly scanout: Pick<Scanout, 'closeFence'>,
  ) {}

  /** Drawn, waiting for its commit. */
  get ready(): Drawn | undefined {
    return this.#ready;
  }

  /** Committed, waiting for its flip event. */
  get queued(): Drawn | undefined {
    return this.#queued;
  }

  /** A newer frame takes the place of one that still waits: whether one did. */
  add(drawn: Drawn): boolean {
    const replaced = this.#ready;
    if (replaced !== undefined) {
      this.#close(replaced);
      this.chain.drop(replaced.slot);
    }
    this.#ready = drawn;
    return replaced !== undefined;
  }

  /** The kernel has accepted the commit of this one, which was ready. */
  accepted(ready: Drawn): void {
    this.chain.submit(ready.slot);
    this.#ready = undefined;
    this.#queued = ready;
  }

  /** This one, which was queued, is on the screen. */
  flipped(queued: Drawn): void {
    this.#queued = undefined;
    this.#close(queued);
    this.chain.flipped(queued.slot);
  }

  /** Nothing is committed any more; what is queued may still come to the screen. */
  cancel(): void {
    const ready = this.#ready;
    this.#closeAll();
    if (ready !== undefined) this.chain.cancel(ready.slot);
  }

  /** The display is gone, and every buffer with it. */
  lose(): void {
    this.#closeAll();
    this.chain.lose();
  }

  #closeAll(): void {
    if (this.#queued !== undefined) this.#close(this.#queued);
    if (this.#ready !== undefined) this.#close(this.#ready);
    this.#queued = undefined;
    this.#ready = undefined;
  }

  #close({ fence }: Drawn): void {
    if (fence >= 0) this.scanout.closeFence(fence);
  }
}
