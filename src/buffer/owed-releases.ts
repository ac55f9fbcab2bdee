/** What presents are owed: a word, once, when nothing shows or reads their buffer any longer. */
export class OwedReleases {
  /** By the buffer's index; what was told leaves an empty list behind, for the next present is soon to come. */
  readonly #calls = new Map<number, (() => void)[]>();

  /** `post` makes the calls to the program. */
  constructor(private readonly post: (call: () => void) => void) {}

  add(index: number, call: () => void): void {
    const owed = this.#calls.get(index);
    if (owed === undefined) this.#calls.set(index, [call]);
    else owed.push(call);
  }

  tell(index: number): void {
    for (const call of this.#calls.get(index)?.splice(0) ?? []) this.post(call);
  }

  tellAll(): void {
    for (const index of this.#calls.keys()) this.tell(index);
  }
}
