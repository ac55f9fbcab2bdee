/** Exports that nobody has released for longer than is usual: each is told of once. */
import type { PendingExport } from './export.js';

export class LateReleases<B> {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly timeoutMs: number,
    /** Those that are not settled, oldest first. */
    private readonly pending: () => Iterable<PendingExport<B>>,
    private readonly onLate: (late: PendingExport<B>, forMs: number) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Something was exported. One timer for all, which does not keep the process alive. */
  watch(): void {
    this.#timer ??= this.#start(this.timeoutMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #start(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#look(), Math.ceil(ms)).unref();
  }

  #look(): void {
    this.#timer = undefined;
    const now = this.now();
    let next = Infinity;
    for (const one of [...this.pending()]) {
      if (one.sentAt === undefined || one.reportedLate) continue;
      const left = one.sentAt + this.timeoutMs - now;
      if (left > 0) next = Math.min(next, left);
      else this.#report(one, now - one.sentAt);
    }
    if (next !== Infinity) this.#timer ??= this.#start(next);
  }

  #report(one: PendingExport<B>, forMs: number): void {
    one.reportedLate = true;
    this.onLate(one, forMs);
  }
}
