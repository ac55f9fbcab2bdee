/** The clients' connections: how many there are, were, and why they have ended. */
import type { Subscription } from 'rxjs';
import { everyClientEnd, type ClientEnd, type WaylandServer } from '../wayland/index.js';

export class ClientCounts {
  readonly #ended = new Map(everyClientEnd.map((end) => [end, 0]));
  readonly #watching: Subscription;
  #total = 0;
  #gone = 0;

  /** @internal Until `close`. */
  constructor(server: Pick<WaylandServer, 'clients$' | 'gone$'>) {
    this.#watching = server.clients$.subscribe(() => this.#total++);
    this.#watching.add(
      server.gone$.subscribe(({ end = 'left' }) => {
        this.#gone++;
        this.#ended.set(end, (this.#ended.get(end) ?? 0) + 1);
      }),
    );
  }

  /** Connected now. */
  get now(): number {
    return this.#total - this.#gone;
  }

  /** Since the kiosk was opened. */
  get total(): number {
    return this.#total;
  }

  /** Those that have gone, by why. */
  get ended(): Readonly<Record<ClientEnd, number>> {
    return Object.fromEntries(this.#ended) as Record<ClientEnd, number>;
  }

  /** @internal Idempotent. */
  close(): void {
    this.#watching.unsubscribe();
  }
}
