/** What is counted of a kiosk: nothing is looked up or allocated for a picture, but in the map of its heads. */
import { Subscription } from 'rxjs';
import { GuestheadError } from '../../errors.js';
import type { ClientCounts, Kiosk, KioskHead, PictureOutcome } from '../../kiosk/index.js';
import { TimeHistogram } from './time-histogram.js';

/** How often the client of a command was started, and whether the next one is waited with. */
export interface TalliedLife {
  readonly starts: number;
  readonly pauses: boolean;
}

export interface TalliedKiosk extends Pick<Kiosk, 'pictures$' | 'faults$' | 'shown$' | 'answered$'> {
  readonly heads: readonly Pick<KioskHead, 'connector' | 'counts'>[];
  readonly clientCounts: Pick<ClientCounts, 'now' | 'total' | 'ended'>;
}

export class KioskTally {
  readonly inputToCommit = new TimeHistogram();
  readonly inputToFlip = new TimeHistogram();
  /** By connector. */
  readonly commitToFlip: Map<string, TimeHistogram>;
  readonly faults = new Map<string, number>();
  shown = 0;
  unseen = 0;
  readonly #watching = new Subscription();
  /** When a client gave a sign of life last: a frame or an answer; undefined before the first frame. CLOCK_MONOTONIC, ms. */
  #signMs: number | undefined;

  /** `now`: CLOCK_MONOTONIC, ms. Until `stop`. */
  constructor(
    readonly kiosk: TalliedKiosk,
    readonly lives: readonly TalliedLife[],
    now: () => number,
  ) {
    this.commitToFlip = new Map(kiosk.heads.map(({ connector }) => [connector, new TimeHistogram()]));
    this.#watching.add(kiosk.pictures$.subscribe((picture) => this.#ended(picture)));
    this.#watching.add(kiosk.faults$.subscribe(({ error }) => this.#fault(error)));
    this.#watching.add(kiosk.shown$.subscribe(() => (this.#signMs = now())));
    this.#watching.add(
      kiosk.answered$.subscribe(() => {
        if (this.#signMs !== undefined) this.#signMs = now();
      }),
    );
  }

  /** For how long no client has given a sign of life, ms, 0 while the next one is waited with; undefined: none was seen yet. */
  quietMs(now: number): number | undefined {
    if (this.#signMs === undefined) return undefined;
    return this.lives.length > 0 && this.lives.every(({ pauses }) => pauses) ? 0 : now - this.#signMs;
  }

  /** Idempotent. */
  stop(): void {
    this.#watching.unsubscribe();
  }

  #ended({ committedMs, inputMs, shown }: PictureOutcome): void {
    if (shown === undefined) {
      this.unseen++;
      return;
    }
    this.shown++;
    this.#histogramOf(shown.connector).observe(shown.atMs - committedMs);
    if (inputMs === undefined) return;
    this.inputToCommit.observe(committedMs - inputMs);
    this.inputToFlip.observe(shown.atMs - inputMs);
  }

  /** A display that comes back may have others. */
  #histogramOf(connector: string): TimeHistogram {
    const known = this.commitToFlip.get(connector);
    if (known !== undefined) return known;
    const added = new TimeHistogram();
    this.commitToFlip.set(connector, added);
    return added;
  }

  #fault(error: unknown): void {
    const code = error instanceof GuestheadError ? error.code : 'other';
    this.faults.set(code, (this.faults.get(code) ?? 0) + 1);
  }
}
