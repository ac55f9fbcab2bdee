/**
 * What becomes of the pictures that clients commit, for whoever counts: how long it takes until they are on the screen, and what
 * the user had done before. Nothing is made where nobody listens.
 */
import { Subject } from 'rxjs';
import type { InputEvent } from '../input/index.js';
import { monotonicClock, type Clock } from '../loop/index.js';
import type { Client } from '../wayland/index.js';
import type { Feedback } from './feedback.js';

/** Where and when a picture was seen first. Times are CLOCK_MONOTONIC, ms. */
export interface PictureShown {
  readonly connector: string;
  readonly atMs: number;
  /** The client's own buffer was shown, and nothing of it was copied. */
  readonly zeroCopy: boolean;
}

/** How one picture ended that a client has committed. */
export interface PictureOutcome {
  readonly client: Client;
  readonly committedMs: number;
  /**
   * The first input event that the client was sent since its picture before, as the kernel has its time; undefined: there was none
   * in the second before the commit. A client that draws all the time may not have heard of it yet.
   */
  readonly inputMs: number | undefined;
  /** Undefined: another one took its place before, or nobody saw it. */
  readonly shown: PictureShown | undefined;
}

/** What a client has not answered by then was no reason for what it draws. */
const longestAnswerMs = 1000;
const [usPerMs, nsPerMs] = [1e3, 1e6];

export class KioskTelemetry {
  readonly pictures$ = new Subject<PictureOutcome>();
  /** The first event that each client has not answered by a picture, ms. */
  #inputs = new WeakMap<Client, number>();

  constructor(private readonly clock: Clock = monotonicClock) {}

  /** A client is sent an event. */
  sent(client: Client | undefined, event: InputEvent): void {
    if (client === undefined || event.kind === 'device') return;
    const atMs = event.timeUs / usPerMs;
    const before = this.#inputs.get(client);
    if (before === undefined || atMs - before > longestAnswerMs) this.#inputs.set(client, atMs);
  }

  /** A client commits a picture. Undefined where nobody listens. */
  committed(client: Client): Feedback | undefined {
    if (!this.pictures$.observed) return undefined;
    const committedMs = this.clock.now();
    const inputMs = this.#answered(client, committedMs);
    const ended = (shown: PictureShown | undefined) => this.pictures$.next({ client, committedMs, inputMs, shown });
    return {
      presented: ({ timestampNs }, zeroCopy, { connector }) =>
        ended({ connector, atMs: timestampNs / nsPerMs, zeroCopy }),
      discard: () => ended(undefined),
    };
  }

  #answered(client: Client, committedMs: number): number | undefined {
    const atMs = this.#inputs.get(client);
    if (atMs === undefined) return undefined;
    this.#inputs.delete(client);
    return committedMs - atMs > longestAnswerMs ? undefined : atMs;
  }
}
