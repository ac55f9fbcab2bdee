/** Every frame of one head while it is recorded: what reports, traces and comparisons are made from. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  type FaultMessage,
  type FlipMessage,
  type FlushFenceMessage,
  headChannels,
  type HeadName,
  type ReleaseMessage,
} from '../head/index.js';
import type { Flip } from '../loop/index.js';
import { append } from './kept.js';

/** A frame's way through its backbuffer. Times are CLOCK_MONOTONIC, ms. */
export interface RecordedFrame {
  readonly flip: Flip;
  readonly drawStartMs: number;
  readonly drawEndMs: number;
  readonly committedMs: number;
  readonly flippedMs: number;
  /** Its successor's flip, and when the host was done with it; NaN while that has not come. */
  readonly replacedMs: number;
  readonly releasedMs: number;
}

export type RecordedFault = Pick<FaultMessage, 'fault' | 'atMs'>;
export type RecordedFlushFence = Pick<FlushFenceMessage, 'ms' | 'atMs'>;

type OpenFrame = { -readonly [K in keyof RecordedFrame]: RecordedFrame[K] };

/** Begins at once; keeps the last 65,536 frames, faults and flush fences each, and up to twice as many. Owns its listeners until `stop`, after which all it holds stays. */
export class Recording {
  readonly #frames: OpenFrame[] = [];
  readonly #faults: RecordedFault[] = [];
  readonly #flushFences: RecordedFlushFence[] = [];
  /** The frame that each slot showed last. */
  readonly #shown = new Map<number, OpenFrame>();
  #last: OpenFrame | undefined;
  #dropped = 0;

  constructor(private readonly head: Pick<HeadName, 'id'>) {
    subscribe(headChannels.flip, this.#onFlip);
    subscribe(headChannels.release, this.#onRelease);
    subscribe(headChannels.flushFence, this.#onFlushFence);
    subscribe(headChannels.fault, this.#onFault);
  }

  /** In the order of their flips. */
  get frames(): readonly RecordedFrame[] {
    return this.#frames;
  }

  get faults(): readonly RecordedFault[] {
    return this.#faults;
  }

  get flushFences(): readonly RecordedFlushFence[] {
    return this.#flushFences;
  }

  /** Frames at the beginning that there was no room for. */
  get forgotten(): number {
    return this.#dropped;
  }

  /** Idempotent. */
  stop(): void {
    unsubscribe(headChannels.flip, this.#onFlip);
    unsubscribe(headChannels.release, this.#onRelease);
    unsubscribe(headChannels.flushFence, this.#onFlushFence);
    unsubscribe(headChannels.fault, this.#onFault);
  }

  readonly #onFlip = (told: unknown): void => {
    const message = told as FlipMessage;
    if (!this.#isOurs(message)) return;
    const frame = frameOf(message.flip);
    if (this.#last !== undefined) this.#last.replacedMs = frame.flippedMs;
    this.#last = frame;
    this.#shown.set(frame.flip.slot, frame);
    this.#dropped += append(this.#frames, frame);
  };

  readonly #onRelease = (told: unknown): void => {
    const message = told as ReleaseMessage;
    if (!this.#isOurs(message)) return;
    const frame = this.#shown.get(message.slot);
    if (frame !== undefined) frame.releasedMs = message.atMs;
  };

  readonly #onFlushFence = (told: unknown): void => {
    const message = told as FlushFenceMessage;
    if (this.#isOurs(message)) append(this.#flushFences, { ms: message.ms, atMs: message.atMs });
  };

  readonly #onFault = (told: unknown): void => {
    const message = told as FaultMessage;
    if (this.#isOurs(message)) append(this.#faults, { fault: message.fault, atMs: message.atMs });
  };

  #isOurs({ id }: HeadName): boolean {
    return id === this.head.id;
  }
}

function frameOf(flip: Flip): OpenFrame {
  const flippedMs = flip.timestampNs / 1e6;
  const drawStartMs = flippedMs - flip.latencyMs;
  const [drawEndMs, committedMs] = [drawStartMs + flip.drawMs, flippedMs - flip.flipMs];
  return { flip, drawStartMs, drawEndMs, committedMs, flippedMs, replacedMs: NaN, releasedMs: NaN };
}
