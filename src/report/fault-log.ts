/** The faults of a head that its flips outlived, or of a kiosk, the same one counted and not repeated. */
import type { Observable, Subscription } from 'rxjs';
import { GuestheadError, messageOf } from '../errors.js';

export interface LoggedFault {
  readonly code: string;
  readonly message: string;
  readonly advice: string | null;
  readonly count: number;
}

/** A line for people. */
export function describeFault({ code, message, advice, count }: LoggedFault): string {
  return `${code}${count > 1 ? ` ×${count}` : ''}: ${message}${advice === null ? '' : ` → ${advice}`}`;
}

/** Different ones kept; a run of months shall not fill the memory with them. */
const most = 100;
/** What was thrown by code that is not ours. */
const uncoded = 'without a code';

export class FaultLog {
  readonly #faults = new Map<string, LoggedFault>();
  readonly #subscription: Subscription;

  constructor(faults$: Observable<unknown>) {
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

  #record(fault: unknown): void {
    const known = fault instanceof GuestheadError ? fault : undefined;
    this.#count(known?.code ?? uncoded, messageOf(fault), known?.advice);
  }

  #count(code: string, message: string, advice: string | undefined): void {
    const key = `${code} ${message}`;
    const known = this.#faults.get(key);
    if (known === undefined && this.#faults.size >= most) return;
    this.#faults.set(key, { code, message, advice: advice ?? null, count: (known?.count ?? 0) + 1 });
  }
}
