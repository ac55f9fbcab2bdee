/** Who closes what: a stack of closers, run once, last opened first. Imports nothing of the project. */

/** What `close()` ends. */
export interface Closable {
  close(): void;
}

/**
 * Collects closers while something is being opened. `close()` runs all of them
 * in reverse order, also when one throws; the first failure is then thrown.
 * Idempotent.
 */
export class Owner {
  #closers: (() => void)[] = [];

  /** Returns the thing. What has no `close()` of its own comes with the function that ends it. */
  own<T extends Closable>(thing: T): T;
  own<T>(thing: T, close: (thing: T) => void): T;
  own<T>(thing: T, close: (thing: T) => void = closeIt): T {
    this.#closers.push(() => {
      close(thing);
    });
    return thing;
  }

  /** Runs `close` in its turn, like any other closer. */
  defer(close: () => void): void {
    this.#closers.push(close);
  }

  close(): void {
    const closers = this.#closers.reverse();
    this.#closers = [];
    const failures: unknown[] = [];
    for (const close of closers) {
      try {
        close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Runs `open`; when it throws, everything owned so far is closed and the error goes on. */
  guard<T>(open: () => T): T {
    try {
      return open();
    } catch (error) {
      closeQuietly(this);
      throw error;
    }
  }

  /** The same for what opens asynchronously. */
  async guardAsync<T>(open: () => Promise<T>): Promise<T> {
    try {
      return await open();
    } catch (error) {
      closeQuietly(this);
      throw error;
    }
  }
}

/** The overloads see to it that what comes without a closer has a `close()`. */
function closeIt(thing: unknown): void {
  (thing as Closable).close();
}

/**
 * Closes what belonged to a failure: the failure says more than one on the way back,
 * and what a lost device took with it needs no closing.
 */
export function closeQuietly(thing: Closable): void {
  quietly(() => {
    thing.close();
  });
}

/** The same for a closer that is only a function: what it throws, nobody could do anything about. */
export function quietly(close: () => void): void {
  try {
    close();
  } catch {
    // see above
  }
}
