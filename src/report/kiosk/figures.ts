/** How long clients' pictures took to the screen, gathered one by one in fixed memory. */
import type { Observable, Subscription } from 'rxjs';
import { Durations, type Percentiles } from '../../durations.js';
import type { PictureOutcome } from '../../kiosk/index.js';

export interface PictureResult {
  /** Pictures that clients have committed and that came to the screen, and those in whose place another one did or that nobody saw. */
  readonly pictures: { readonly shown: number; readonly unseen: number };
  /** From a client's commit to the flip that showed it. */
  readonly commitToFlipMs: Percentiles | null;
  /** From an input event to the next commit of the client that was sent it, and to that one's flip. */
  readonly inputToCommitMs: Percentiles | null;
  readonly inputToFlipMs: Percentiles | null;
}

/** Begins at once; owns its subscription until `stop`. */
export class PictureFigures {
  readonly #commitToFlip = new Durations();
  readonly #inputToCommit = new Durations();
  readonly #inputToFlip = new Durations();
  readonly #watching: Subscription;
  #shown = 0;
  #unseen = 0;

  constructor(pictures$: Observable<PictureOutcome>) {
    this.#watching = pictures$.subscribe((picture) => this.#ended(picture));
  }

  result(): PictureResult {
    return {
      pictures: { shown: this.#shown, unseen: this.#unseen },
      commitToFlipMs: this.#commitToFlip.percentiles(),
      inputToCommitMs: this.#inputToCommit.percentiles(),
      inputToFlipMs: this.#inputToFlip.percentiles(),
    };
  }

  /** Idempotent. */
  stop(): void {
    this.#watching.unsubscribe();
  }

  #ended({ committedMs, inputMs, shown }: PictureOutcome): void {
    if (shown === undefined) {
      this.#unseen++;
      return;
    }
    this.#shown++;
    this.#commitToFlip.record(shown.atMs - committedMs);
    if (inputMs === undefined) return;
    this.#inputToCommit.record(committedMs - inputMs);
    this.#inputToFlip.record(shown.atMs - inputMs);
  }
}
