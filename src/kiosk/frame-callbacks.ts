/** Tells clients when to draw their next frame: when what they committed has come to the screen. */
import type { Resource } from '../wayland/index.js';

export type Callback = Resource<'wl_callback'>;

/** A surface. */
export interface Waits {
  /** When the first of its callbacks began to wait, on the clock of `performance.now()`; undefined: none does. */
  readonly waitingSince: number | undefined;
  takeCallbacks(): Callback[];
}

/** While nothing comes to the screen clients go on, but slowly. */
const slowMs = 1000;
const nsPerMs = 1e6;

/** What waits at surfaces that no frame takes along is answered after a second. */
export class SlowCallbacks {
  readonly #waiting = new Set<Waits>();
  #timer: NodeJS.Timeout | undefined;

  /** It has been committed to, or a frame has given back what it took. */
  watch(surface: Waits): void {
    if (surface.waitingSince === undefined) return;
    this.#waiting.add(surface);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, slowMs).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  #look(): void {
    const surfaces = [...this.#waiting];
    this.#waiting.clear();
    const now = performance.now();
    for (const surface of surfaces) {
      if (now - (surface.waitingSince ?? now) >= slowMs) answer(surface.takeCallbacks(), now);
      this.watch(surface);
    }
  }
}

/** Their frame came to the screen, at a time of CLOCK_MONOTONIC. */
export function answerShown(callbacks: readonly Callback[], timestampNs: number): void {
  answer(callbacks, timestampNs / nsPerMs);
}

function answer(callbacks: readonly Callback[], timeMs: number): void {
  for (const callback of callbacks) callback.send.done(Math.floor(timeMs) % 2 ** 32);
}
