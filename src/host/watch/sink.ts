/** Where a watch's pictures go. */
import { coded } from '../../errors.js';
import type { Screen } from './screen.js';

export interface Sink {
  /** The screen shows something new; what is taken of it is taken before the return. */
  update(screen: Screen): void;
  /** Resolves once it has all that it was to take; rejects where it cannot take more. */
  readonly done: Promise<void>;
  /** Nothing more comes. */
  end(): Promise<void>;
  /** For the result, under the sink's own name. */
  facts(): Readonly<Record<string, unknown>>;
  /** Why it is not content, each in a line. */
  reasons(): readonly string[];
}

/** A promise that is settled from outside. */
export class Done {
  resolve!: () => void;
  /** What Node throws becomes an error of ours. */
  reject!: (error: unknown) => void;
  readonly promise = new Promise<void>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = (error) => {
      reject(coded(error));
    };
  });

  constructor() {
    this.promise.catch(() => undefined); // it may be rejected before anybody waits
  }
}

/** Counts updates and takes nothing. */
export class Counting implements Sink {
  readonly #done = new Done();

  constructor(private readonly most = Infinity) {}

  get done(): Promise<void> {
    return this.#done.promise;
  }

  update({ updates }: Screen): void {
    if (updates >= this.most) this.#done.resolve();
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  facts(): Readonly<Record<string, unknown>> {
    return {};
  }

  reasons(): readonly string[] {
    return [];
  }
}
