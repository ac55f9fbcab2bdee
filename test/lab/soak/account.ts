/** What a long run holds, against what it held when it was warm. */
import type { Held } from '../guest/held.js';

/** Garbage that is not collected yet is no leak. */
const mostGrowthMiB = 32;

export interface Count extends Held {
  /** MiB. */
  readonly rss: number;
}

/**
 * A display that is lost takes the dma-bufs imported into it along: they stay with its
 * descriptor, which is parked (src/device/park.ts). Both are counted apart.
 */
export class Account {
  #parked = 0;
  #parkedFds = 0;

  constructor(private readonly baseline: Count) {}

  get parked(): number {
    return this.#parked;
  }

  /** What was there before a loss, and after; at most `buffers` dma-bufs and one descriptor can be the lost display's. */
  lost(before: Held, after: Held, buffers: number): void {
    this.#parked += Math.min(Math.max(after.dmabufs - before.dmabufs, 0), buffers);
    this.#parkedFds += Math.min(Math.max(after.fds - before.fds, 0), 1);
  }

  /** One line for each thing of which there is more, or less, than at first; of memory only where it has grown far. */
  differences(now: Count): string[] {
    const grown = now.rss - this.baseline.rss;
    return [
      ...this.uneven(now),
      ...(grown < mostGrowthMiB ? [] : [`RSS: ${now.rss} MiB, at first ${this.baseline.rss}`]),
    ];
  }

  /** The same without memory, which is collected when it likes. */
  uneven(now: Count): string[] {
    const [dmabufs, fds] = [now.dmabufs - this.#parked, now.fds - this.#parkedFds];
    const pairs = Object.entries({ ...now, dmabufs, fds }).filter(([name]) => name !== 'rss') as [keyof Held, number][];
    return pairs
      .filter(([name, count]) => count !== this.baseline[name])
      .map(([name, count]) => `${name}: ${count}, at first ${this.baseline[name] ?? 'none'}`);
  }

  describe(now: Count): string {
    const { fds, framebuffers, gemHandles, dmabufs, rss } = now;
    const parts = [`${fds - this.#parkedFds} fds`, `${framebuffers} framebuffers`, `${gemHandles ?? '?'} GEM handles`];
    const growth = `RSS ${rss} MiB (${rss < this.baseline.rss ? '' : '+'}${rss - this.baseline.rss})`;
    return [...parts, `${dmabufs - this.#parked} dma-bufs, and ${this.#parked} parked`, growth].join(', ');
  }
}
