/** What a surface, or something else, has one of at most: a second one is an error of whoever makes it. */
import { ProtocolError, type AnyResource } from '../wayland/index.js';

export class Once<Owner extends object> {
  readonly #owners = new WeakSet<Owner>();

  /** `code`: of the maker's errors. */
  constructor(
    private readonly code: number,
    private readonly text: string,
  ) {}

  /** Gives what makes room for another. Throws ProtocolError. */
  take(owner: Owner, maker: AnyResource): () => void {
    if (this.#owners.has(owner)) throw new ProtocolError(maker, this.code, this.text);
    this.#owners.add(owner);
    return () => this.#owners.delete(owner);
  }
}
