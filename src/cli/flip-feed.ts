/** A head's flips for the whole of a run: one subscription, and whoever measures listens to it for a while. */
import type { Subscription } from 'rxjs';
import { coded } from '../errors.js';
import type { Head } from '../head/index.js';
import type { Draw, Flip } from '../loop/index.js';

/** How the flips ended by themselves; without an error they were completed. */
export interface Ending {
  readonly error: Error | undefined;
}

interface Listener {
  readonly onFlip: (flip: Flip) => void;
  readonly onEnd: (ending: Ending) => void;
}

export class FlipFeed {
  #listener: Listener | undefined;
  #ending: Ending | undefined;
  readonly #subscription: Subscription;

  /** Sets the mode and starts. */
  constructor(head: Pick<Head, 'flips'>, draw: Draw) {
    this.#subscription = head.flips(draw).subscribe({
      next: (flip) => this.#listener?.onFlip(flip),
      error: (error: unknown) => {
        this.#end({ error: coded(error) });
      },
      complete: () => {
        this.#end({ error: undefined });
      },
    });
  }

  /** In place of whoever listened before. Where the flips have ended, `onEnd` is called at once. */
  listen(onFlip: Listener['onFlip'], onEnd: Listener['onEnd']): void {
    this.#listener = { onFlip, onEnd };
    if (this.#ending !== undefined) onEnd(this.#ending);
  }

  /** Nobody listens; the flips go on. */
  ignore(): void {
    this.#listener = undefined;
  }

  /** Gives the screen back. */
  stop(): void {
    this.#subscription.unsubscribe();
  }

  #end(ending: Ending): void {
    this.#ending = ending;
    this.#listener?.onEnd(ending);
  }
}
