/** The faults of a head that its flips outlived, the same one counted and not repeated. */
import type { Observable, Subscription } from 'rxjs';
import type { GuestheadError } from '../errors.js';

export interface LoggedFault {
  readonly code: string;
  readonly message: string;
  readonly advice: string | null;
  readonly count: number;
}

/** Different ones kept; a run of months shall not fill the memory with them. */
const most = 100;

export class FaultLog {
  readonly #faults = new Map<string, LoggedFault>();
  readonly #subscription: Subscription;

  constructor(faults$: Observable<GuestheadError>) {
    this.#subscription = faults$.subscribe((fault) => {
      this.#record(fault);
    });
  }

  /** In the order of their first appearance. */
  list(): LoggedFault[] {
    return [...this.#faults.values()];
  }

  close(): void {
    this.#subscription.unsubscribe();
  }

  #record({ code, message, advice }: GuestheadError): void {
    const key = `${code} ${message}`;
    const known = this.#faults.get(key);
    if (known === undefined && this.#faults.size >= most) return;
    this.#faults.set(key, { code, message, advice: advice ?? null, count: (known?.count ?? 0) + 1 });
  }
}
