/**
 * What a turn's events have brought, told once the other heads, too, have answered theirs
 * with a commit: what users and drawings then do holds no head's commit up.
 */
import type { Swapchain } from '../buffer/index.js';
import { appended } from '../lists.js';
import type { Flip } from './scanout.js';

export class TurnEnd {
  #flip: Flip | undefined;
  #released: number[] | undefined;
  #deferred = false;
  #stopped = false;

  constructor(
    private readonly chain: Pick<Swapchain<never>, 'released'>,
    private readonly tell: (flip: Flip) => void,
    /** Runs once the events of this turn have been handled, those of other heads too. */
    private readonly defer: (callback: () => void) => void,
    /** Gets each buffer that is free again. */
    private readonly onReleased: (slot: number) => void,
    /** Called after all has been told. */
    private readonly after: () => void,
  ) {}

  /** To be told: a completed flip. */
  flipped(flip: Flip): void {
    this.#flip = flip;
  }

  /** To be told: a buffer that is let go of. */
  released(slot: number): void {
    this.#released = appended(this.#released, slot);
  }

  /** At the end of this turn, once. */
  tellSoon(): void {
    if (this.#deferred) return;
    this.#deferred = true;
    this.defer(this.#tell);
  }

  /** Nothing is told any more. */
  stop(): void {
    this.#stopped = true;
  }

  /** The flip first, then what it has set free. */
  readonly #tell = (): void => {
    this.#deferred = false;
    const flip = this.#flip;
    this.#flip = undefined;
    if (flip !== undefined && !this.#stopped) this.tell(flip);
    const released = this.#released ?? [];
    this.#released = undefined;
    for (const slot of released) this.#release(slot);
    if (!this.#stopped) this.after();
  };

  #release(slot: number): void {
    this.chain.released(slot);
    this.onReleased(slot);
  }
}
