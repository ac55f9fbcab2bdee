/**
 * A client is asked for its next frame once the buffer before it is its own again: one with two buffers has none to draw into
 * otherwise. (weston-simple-shm ends itself then.)
 */
import { appended, takeOut } from '../lists.js';

/** Shown without a copy, and still read. */
interface Held {
  readonly content: unknown;
  /** Which of all it is. */
  readonly number: number;
}

/** What is waited for: all up to a number, but for one content. */
export type HeldBefore = Readonly<Held>;

interface Waiting {
  readonly until: HeldBefore;
  readonly then: () => void;
}

export class ReleaseOrder {
  readonly #held: Held[] = [];
  #last = 0;
  #waiting: Waiting[] | undefined;

  /** A client's buffer is presented. What to call when nothing reads it any more. */
  hold(content: unknown): () => void {
    const held = { content, number: ++this.#last };
    this.#held.push(held);
    return () => {
      this.#release(held);
    };
  }

  /** What is held as `content` is about to be presented; that one itself may be on the screen already, and stays there. */
  heldBefore(content: unknown): HeldBefore {
    return { content, number: this.#last };
  }

  /** Calls `then` when all of those have been released, at once where they have. */
  after(until: HeldBefore, then: () => void): void {
    if (this.#areReleased(until)) then();
    else this.#waiting = appended(this.#waiting, { until, then });
  }

  #release(released: Held): void {
    takeOut(this.#held, released);
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    for (const each of waiting) this.after(each.until, each.then);
  }

  #areReleased({ content, number }: HeldBefore): boolean {
    for (const held of this.#held) if (held.number <= number && held.content !== content) return false;
    return true;
  }
}
