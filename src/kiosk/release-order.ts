/**
 * A client is asked for its next frame once the buffer before it is its own again: one with two buffers has none to draw into
 * otherwise. (weston-simple-shm ends itself then.)
 */
export class ReleaseOrder {
  /** Shown without a copy, and still read. */
  readonly #held = new Map<object, unknown>();
  readonly #waiting: { readonly until: Set<object>; readonly then: () => void }[] = [];

  /** A client's buffer is presented. What to call when nothing reads it any more. */
  hold(content: unknown): () => void {
    const held = {};
    this.#held.set(held, content);
    return () => {
      this.#release(held);
    };
  }

  /** What is held as `content` is about to be presented; that one itself may be on the screen already, and stays there. */
  heldBefore(content: unknown): ReadonlySet<object> {
    return new Set([...this.#held].flatMap(([held, of]) => (of === content ? [] : [held])));
  }

  /** Calls `then` when all of those have been released, at once where they have. */
  after(before: ReadonlySet<object>, then: () => void): void {
    const until = new Set([...before].filter((held) => this.#held.has(held)));
    if (until.size === 0) then();
    else this.#waiting.push({ until, then });
  }

  #release(held: object): void {
    this.#held.delete(held);
    for (const waiting of this.#waiting) waiting.until.delete(held);
    const free = this.#waiting.filter(({ until }) => until.size === 0);
    for (const each of free) {
      this.#waiting.splice(this.#waiting.indexOf(each), 1);
      each.then();
    }
  }
}
