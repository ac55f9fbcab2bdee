/** Tells clients when to draw their next frame. */
import type { Resource } from '../wayland/index.js';

type Callback = Resource<'wl_callback'>;

/** While nothing comes to the screen clients go on, but slowly. */
const slowMs = 1000;
const nsPerMs = 1e6;

export class FrameCallbacks {
  #waiting: Callback[] = [];
  #slow: NodeJS.Timeout | undefined;

  /** They are answered by `shown`, or a second later where nothing is. */
  add(callbacks: readonly Callback[]): void {
    if (callbacks.length === 0) return;
    this.#waiting.push(...callbacks);
    this.#slow ??= setTimeout(() => {
      this.#answer(performance.now());
    }, slowMs).unref();
  }

  /** A frame came to the screen, at a time of CLOCK_MONOTONIC. */
  shown(timestampNs: number): void {
    this.#answer(timestampNs / nsPerMs);
  }

  close(): void {
    clearTimeout(this.#slow);
    this.#waiting = [];
  }

  #answer(timeMs: number): void {
    clearTimeout(this.#slow);
    this.#slow = undefined;
    for (const callback of this.#waiting.splice(0)) {
      callback.send.done(Math.floor(timeMs) % 2 ** 32);
      callback.destroy();
    }
  }
}
