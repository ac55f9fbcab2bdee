/**
 * What is told of a head's frames beside its streams: the figures, and messages on
 * `node:diagnostics_channel` for whoever listens in, whose names are `headChannels`.
 * Nothing is made where nobody listens.
 */
import { channel, type Channel } from 'node:diagnostics_channel';
import { Subject } from 'rxjs';
import type { GuestheadError } from '../errors.js';
import type { Clock, Flip } from '../loop/index.js';
import { FlipStatistics } from './statistics.js';

/** Which head a message is about. */
export interface HeadName {
  /** The head's own, unique in the process: node and connector change when a lost device comes back. */
  readonly id: number;
  /** The display's device node. */
  readonly node: string;
  readonly connector: string;
}

/** A page flip completed. */
export interface FlipMessage extends HeadName {
  readonly flip: Flip;
}

/** The host is done with a buffer, which is free again from `atMs`, CLOCK_MONOTONIC. */
export interface ReleaseMessage extends HeadName {
  readonly slot: number;
  readonly atMs: number;
}

/** A sampled flush fence signalled at `atMs`, CLOCK_MONOTONIC, `ms` after its frame's commit. */
export interface FlushFenceMessage extends HeadName {
  readonly ms: number;
  readonly atMs: number;
}

/** Something went wrong without ending the flips, at `atMs`, CLOCK_MONOTONIC. */
export interface FaultMessage extends HeadName {
  readonly fault: GuestheadError;
  readonly atMs: number;
}

/** The diagnostics channels' names: FlipMessage, ReleaseMessage, FlushFenceMessage, FaultMessage. */
export const headChannels = {
  flip: 'guesthead:flip',
  release: 'guesthead:release',
  flushFence: 'guesthead:flush-fence',
  fault: 'guesthead:fault',
} as const;

const channels = {
  flip: channel(headChannels.flip),
  release: channel(headChannels.release),
  flushFence: channel(headChannels.flushFence),
  fault: channel(headChannels.fault),
};

let monitors = 0;

export class HeadTelemetry {
  readonly id = ++monitors;
  readonly statistics: FlipStatistics;
  readonly #flushFence$ = new Subject<number>();
  readonly #faults$ = new Subject<GuestheadError>();

  constructor(
    private readonly clock: Clock,
    private readonly name: () => Omit<HeadName, 'id'>,
    bytesCopied: () => number,
  ) {
    this.statistics = new FlipStatistics(bytesCopied);
  }

  readonly flushFence$ = this.#flushFence$.asObservable();
  readonly faults$ = this.#faults$.asObservable();

  /** Whether flush fences are worth a look: each takes a thread. */
  get observed(): boolean {
    return this.#flushFence$.observed || channels.flushFence.hasSubscribers;
  }

  flipped(flip: Flip): void {
    this.statistics.record(flip);
    if (channels.flip.hasSubscribers) this.#publish(channels.flip, { flip });
  }

  released(slot: number): void {
    if (channels.release.hasSubscribers) this.#publish(channels.release, { slot, atMs: this.clock.now() });
  }

  /** A sampled flush fence, `ms` after its commit. */
  next(ms: number): void {
    this.statistics.recordFlushFence(ms);
    if (channels.flushFence.hasSubscribers) this.#publish(channels.flushFence, { ms, atMs: this.clock.now() });
    this.#flushFence$.next(ms);
  }

  fault(fault: GuestheadError): void {
    if (channels.fault.hasSubscribers) this.#publish(channels.fault, { fault, atMs: this.clock.now() });
    this.#faults$.next(fault);
  }

  /** Completes the streams. */
  close(): void {
    this.#flushFence$.complete();
    this.#faults$.complete();
  }

  #publish(to: Channel, message: object): void {
    to.publish({ id: this.id, ...this.name(), ...message });
  }
}
