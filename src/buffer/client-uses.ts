/**
 * Clients' buffers in a chain: never drawn into, they have no states but a count, for one may be queued while it is
 * on the screen. Each commit that shows it holds it, and each reader that has not let go.
 */
import { GuestheadError } from '../errors.js';

interface Client {
  uses: number;
  readonly onIdle: () => void;
}

export class ClientUses {
  /** By the slot's index. */
  readonly #clients = new Map<number, Client>();

  get size(): number {
    return this.#clients.size;
  }

  has(index: number): boolean {
    return this.#clients.has(index);
  }

  /** `onIdle` is called when nothing holds it any more. */
  add(index: number, onIdle: () => void): void {
    this.#clients.set(index, { uses: 0, onIdle });
  }

  /** Whatever still holds it. */
  remove(index: number): void {
    this.#clients.delete(index);
  }

  clear(): void {
    this.#clients.clear();
  }

  isHeld(index: number): boolean {
    return (this.#clients.get(index)?.uses ?? 0) > 0;
  }

  /** Throws ERR_USAGE. */
  take(index: number): void {
    const client = this.#clients.get(index);
    if (client === undefined) throw new GuestheadError('ERR_USAGE', `There is no client's buffer ${index}`);
    client.uses++;
  }

  /** Undoes one `take`; where that was the last, `beforeIdle` is called and then its `onIdle`. One that was removed meanwhile is left alone. */
  letGo(index: number, beforeIdle: (index: number) => void): void {
    const client = this.#clients.get(index);
    if (client === undefined || client.uses === 0) return;
    if (--client.uses > 0) return;
    beforeIdle(index);
    client.onIdle();
  }
}
