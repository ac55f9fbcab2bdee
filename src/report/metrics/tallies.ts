/** The tallies of a run's heads, kept from `node:diagnostics_channel`. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  type FaultMessage,
  type FlipMessage,
  type FlushFenceMessage,
  headChannels,
  type HeadName,
} from '../../head/index.js';
import { HeadTally, type TalliedHead } from './head-tally.js';

/** Begins at once; owns its listeners until `stop`. */
export class Tallies {
  readonly all: readonly HeadTally[];

  /** `now`: CLOCK_MONOTONIC, ms. */
  constructor(heads: readonly TalliedHead[], now: number) {
    this.all = heads.map((head) => new HeadTally(head, now));
    subscribe(headChannels.flip, this.#onFlip);
    subscribe(headChannels.flushFence, this.#onFlushFence);
    subscribe(headChannels.fault, this.#onFault);
  }

  /** The heads that have had no flip for so long, and for how long that is, ms. */
  overdue(now: number, timeoutMs: number): { readonly connector: string; readonly ms: number }[] {
    return this.all
      .map(({ labels, lastFlipMs }) => ({ connector: labels.connector, ms: now - lastFlipMs }))
      .filter(({ ms }) => ms > timeoutMs);
  }

  /** Idempotent. */
  stop(): void {
    unsubscribe(headChannels.flip, this.#onFlip);
    unsubscribe(headChannels.flushFence, this.#onFlushFence);
    unsubscribe(headChannels.fault, this.#onFault);
  }

  readonly #onFlip = (told: unknown): void => {
    const message = told as FlipMessage;
    this.#tallyOf(message)?.flipped(message.flip);
  };

  readonly #onFlushFence = (told: unknown): void => {
    const message = told as FlushFenceMessage;
    this.#tallyOf(message)?.flushFence.observe(message.ms);
  };

  readonly #onFault = (told: unknown): void => {
    const message = told as FaultMessage;
    this.#tallyOf(message)?.fault(message.fault.code);
  };

  /** Undefined for heads that are not ours. */
  #tallyOf({ id }: HeadName): HeadTally | undefined {
    for (const tally of this.all) if (tally.head.id === id) return tally;
    return undefined;
  }
}
