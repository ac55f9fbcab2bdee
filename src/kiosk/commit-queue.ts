/** Commits wait in it for what is still being drawn into their buffers. */
import { dropped, merged, type Commit } from './commit.js';

/** A surface. */
export interface Commits {
  readonly resource: { readonly client: { refuseMore(): void } };
  /** It is that commit's turn. */
  take(commit: Commit): void;
}

interface Waiting {
  readonly surface: Commits;
  commit: Commit;
}

/** A client that commits on and on behind a buffer that never comes. */
const most = 1024;

/**
 * The commits of one tree of surfaces, in their order: a subsurface's picture comes with its parent's, however late either is. One whose
 * buffer is late waits here with those behind it, and what the screen shows of others goes on. (The display would wait for the fence
 * itself, with all that it shows.)
 */
export class CommitQueue {
  readonly #waiting: Waiting[] = [];
  /** Ends the wait for the first one's buffer. */
  #stop: (() => void) | undefined;

  /** `surface.take` is called with it, at once where nothing is late. */
  add(surface: Commits, commit: Commit): void {
    const last = this.#waiting.at(-1);
    // The first one may be about to be shown, and a client may commit faster than its GPU draws.
    if (last?.surface === surface && this.#waiting.length > 1) last.commit = merged(last.commit, commit);
    else this.#waiting.push({ surface, commit });
    if (this.#waiting.length > most) surface.resource.client.refuseMore();
    this.#look();
  }

  /** It has gone: what it waited for is not shown. */
  forget(surface: Commits): void {
    const [first] = this.#waiting;
    const kept = this.#waiting.filter((each) => each.surface !== surface);
    for (const each of this.#waiting) if (each.surface === surface) dropped(each.commit);
    this.#waiting.splice(0, Infinity, ...kept);
    if (first?.surface !== surface) return;
    this.#stop?.();
    this.#stop = undefined;
    this.#look();
  }

  #look(): void {
    while (this.#stop === undefined) {
      const [first] = this.#waiting;
      if (first === undefined) return;
      this.#stop = first.commit.change.content?.value?.whenDrawn(() => {
        this.#stop = undefined;
        this.#take();
        this.#look();
      });
      if (this.#stop === undefined) this.#take();
    }
  }

  #take(): void {
    const first = this.#waiting.shift();
    first?.surface.take(first.commit);
  }
}
