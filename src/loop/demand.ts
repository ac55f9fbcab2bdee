/** When a new frame is wanted: always, or once after each time that a source emits. */
import type { Observable, Subscription } from 'rxjs';

export class Demand {
  #wanted = true; // there must be a first frame
  #ended = false;
  #subscription: Subscription | undefined;

  /** Emissions that come while a frame is wanted already count as one. */
  constructor(private readonly when$: Observable<unknown> | undefined) {}

  get wanted(): boolean {
    return this.#wanted;
  }

  /** The source has completed, and what it asked for was taken. */
  get ended(): boolean {
    return this.#ended && !this.#wanted;
  }

  /** Ends with `stop`; a source that fails ends the loop with its error. */
  start(onWanted: () => void, onError: (error: unknown) => void, onEnd: () => void): void {
    this.#subscription = this.when$?.subscribe({
      next: () => {
        this.#wanted = true;
        onWanted();
      },
      error: onError,
      complete: () => {
        this.#ended = true;
        onEnd();
      },
    });
  }

  /** A frame is begun. */
  take(): void {
    this.#wanted = this.when$ === undefined;
  }

  stop(): void {
    this.#subscription?.unsubscribe();
  }
}
