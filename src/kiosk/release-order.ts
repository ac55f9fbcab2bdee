/**
 * A client is asked for its next frame once the buffer before it is its own again: one with two buffers has none to draw into
 * otherwise. (weston-simple-shm ends itself then.)
 */
interface Held {
  readonly content: unknown;
  released: boolean;
}

/** What is waited for. */
export type HeldBefore = readonly Readonly<Held>[];

const none: HeldBefore = [];

export class ReleaseOrder {
  /** Shown without a copy, and still read. */
  #held: readonly Held[] = [];
  #waiting: readonly { readonly until: HeldBefore; readonly then: () => void }[] = [];

  /** A client's buffer is presented. What to call when nothing reads it any more. */
  hold(content: unknown): () => void {
    const held = { content, released: false };
    this.#held = this.#held.length === 0 ? [held] : [...this.#held, held];
    return () => {
      this.#release(held);
    };
  }

  /** What is held as `content` is about to be presented; that one itself may be on the screen already, and stays there. */
  heldBefore(content: unknown): HeldBefore {
    return this.#held.some((held) => held.content === content)
      ? this.#held.filter((held) => held.content !== content)
      : this.#held;
  }

  /** Calls `then` when all of those have been released, at once where they have. */
  after(until: HeldBefore, then: () => void): void {
    if (areReleased(until)) then();
    else this.#waiting = [...this.#waiting, { until, then }];
  }

  #release(released: Held): void {
    released.released = true;
    this.#held = this.#held.length === 1 ? none : this.#held.filter((held) => held !== released);
    if (this.#waiting.length === 0) return;
    const free = this.#waiting.filter(({ until }) => areReleased(until));
    this.#waiting = this.#waiting.filter((each) => !free.includes(each));
    for (const { then } of free) then();
  }
}

function areReleased(held: HeldBefore): boolean {
  return held.every(({ released }) => released);
}
