/**
 * Ids that have ended at this end while a message about them may be on its way from the other. So many are remembered that an
 * honest end is never wronged, and no more.
 */
export class Recent {
  readonly #ids = new Set<string>();

  constructor(private readonly most = 256) {}

  add(id: string): void {
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > this.most && oldest !== undefined) this.#ids.delete(oldest);
  }

  /** Whether it was there; it is not any more. */
  take(id: string): boolean {
    return this.#ids.delete(id);
  }
}
