/** Random choices that a seed brings back: a test prints it, and takes it from the environment again. */

/** GUESTHEAD_SEED, or the same in every run of the tests; `random` = another one each time. */
export function seedOf(wanted = process.env['GUESTHEAD_SEED'] ?? '1'): number {
  return wanted === 'random' ? Math.floor(Math.random() * 2 ** 31) + 1 : Number(wanted);
}

export class Random {
  #state: number;

  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed <= 0 || seed >= 2 ** 32) throw new Error(`${seed} is not a seed`);
    this.#state = seed;
    for (let i = 0; i < 8; i++) this.#next(); // small seeds begin alike
  }

  /** A whole number, both ends included. */
  whole(from: number, to: number): number {
    return from + (this.#next() % (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.#next() < probability * 2 ** 32;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.whole(0, choices.length - 1)];
    if (choice === undefined) throw new Error('nothing to choose from');
    return choice;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.flatMap(() => left.splice(this.whole(0, left.length - 1), 1));
  }

  /** Xorshift of 32 bits; source: Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (14), 2003. */
  #next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state;
  }
}
