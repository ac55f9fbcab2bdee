/** What presents are owed: a word, once, when nothing shows or reads their buffer any longer. */
export class OwedReleases {
  /** By the buffer's index. */
  readonly #calls = new Map<number, (() => void)[]>();

  /** `post` makes the calls to the program. */
  constructor(private readonly post: (call: () => void) => void) {}

  add(index: number, call: () => void): void {
    const owed = this.#calls.get(index);
    if (owed === undefined) this.#calls.set(index, [call]);
    else owed.push(call);
  }

  tell(index: number): void {
    const owed = this.#calls.get(index);
    if (owed === undefined) return;
    this.#calls.delete(index);
    for (const call of owed) this.post(call);
  }

  tellAll(): void {
    for (const index of [...this.#calls.keys()]) this.tell(index);
  }
}
