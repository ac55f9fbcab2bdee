/** Tells clients when to draw their next frame: when what they committed has come to the screen. */
import type { Resource } from '../wayland/index.js';

export type Callback = Resource<'wl_callback'>;

/** While nothing comes to the screen clients go on, but slowly. */
const slowMs = 1000;
const nsPerMs = 1e6;

export class FrameCallbacks {
  #waiting: Callback[] = [];
  #slow: NodeJS.Timeout | undefined;

  /** They wait for a frame that takes them along; where there is none they are answered in a second. */
  add(callbacks: readonly Callback[]): void {
    if (callbacks.length === 0) return;
    this.#waiting.push(...callbacks);
    this.#slow ??= setTimeout(() => {
      answer(this.take(), performance.now());
    }, slowMs).unref();
  }

  /** Those that a frame takes along, which has what they were committed with. */
  take(): Callback[] {
    clearTimeout(this.#slow);
    this.#slow = undefined;
    return this.#waiting.splice(0);
  }

  close(): void {
    this.take();
  }
}

/** Their frame came to the screen, at a time of CLOCK_MONOTONIC. */
export function answerShown(callbacks: readonly Callback[], timestampNs: number): void {
  answer(callbacks, timestampNs / nsPerMs);
}

function answer(callbacks: readonly Callback[], timeMs: number): void {
  for (const callback of callbacks) {
    callback.send.done(Math.floor(timeMs) % 2 ** 32);
    callback.destroy();
  }
}
