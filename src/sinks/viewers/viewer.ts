/** Who looks at a screen, where a sink is handed each picture: it takes one when it likes. */
import { coded } from '../../errors.js';
import type { PictureMemory } from '../frame.js';

/** Something that shows one picture after the other, in memory that changes. */
export interface Shown {
  /** Whether who shows it goes on only when `update` has returned. */
  readonly waits: boolean;
  /** Pictures, whole ones and parts of them, until now. */
  readonly updates: number;
  /** Calls `use` with what is shown now; undefined where nothing is. Throws where it cannot be read. */
  read<T>(use: (picture: PictureMemory) => T): T | undefined;
}

export interface Viewer {
  /** Something new is shown; what is taken of it is taken before the return. */
  update(shown: Shown): void;
  /** Resolves once it has all that it was to take; rejects where it cannot take more. */
  readonly done: Promise<void>;
  /** Nothing more comes: writes what is left. */
  end(): Promise<void>;
  /** For the result, under the viewer's own name. */
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
export class Counting implements Viewer {
  readonly #done = new Done();

  constructor(private readonly most = Infinity) {}

  get done(): Promise<void> {
    return this.#done.promise;
  }

  update({ updates }: Shown): void {
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
