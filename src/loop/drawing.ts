/** Calls `draw`, one frame at a time, and says how each call ended: drawn, failed, or given up as too late. */
import type { ClientBuffer, Slot, Swapchain } from '../buffer/index.js';
import { GuestheadError, messageOf } from '../errors.js';
import type { Clock } from './clock.js';
import { SlotFrame, type Draw, type Drawable, type DrawResult } from './frame.js';

/** A frame drawn, on its way to the screen. */
export interface Drawn {
  /** The buffer to be shown. */
  readonly slot: number;
  readonly frame: number;
  /** sync_file fd, or -1. */
  readonly fence: number;
  /** When `draw` was called, and for how long it worked, ms. */
  readonly startedAt: number;
  readonly drawMs: number;
}

export interface DrawingHandlers {
  drawn(drawn: Drawn): void;
  failed(error: GuestheadError): void;
  /** A drawing that had been given up has ended: its buffer is free again. */
  returned(): void;
  closeFence(fd: number): void;
  /** The place of a caller's buffer in the chain; throws where it cannot be shown. */
  placeOf(buffer: ClientBuffer): number;
}

export class Drawing<B extends Drawable> {
  readonly #frames: readonly SlotFrame<B>[];
  /** What is at work, and since when. */
  #slot: Slot<B> | undefined;
  #startedAt = 0;
  #stopped = false;

  constructor(
    private readonly chain: Swapchain<B>,
    private readonly clock: Clock,
    private readonly draw: Draw,
    private readonly handlers: DrawingHandlers,
  ) {
    this.#frames = chain.slots.map((slot) => new SlotFrame(slot));
  }

  get busy(): boolean {
    return this.#slot !== undefined;
  }

  /** Draws into an acquired buffer; `drawn` or `failed` follows, at once or later. */
  begin(slot: Slot<B>): void {
    const frame = this.#frames[slot.index];
    if (frame === undefined) return;
    this.#slot = slot;
    this.#startedAt = this.clock.now();
    frame.begin();
    try {
      const result = this.draw(frame);
      if (result instanceof Promise) this.#await(slot, result);
      else if (this.#stopped) this.#discard(slot, result);
      else this.#finish(slot, result);
    } catch (error) {
      this.#fail(slot, error);
    }
  }

  /** Gives a drawing up that has worked for longer than this; its buffer comes back when it ends. */
  giveUpAfter(ms: number): void {
    const slot = this.#slot;
    if (slot === undefined || this.clock.now() - this.#startedAt < ms) return;
    this.#slot = undefined;
    this.#frames[slot.index]?.giveUp();
    this.handlers.failed(
      new GuestheadError('ERR_DRAW', `draw has worked on frame ${slot.frame} for more than ${ms} ms`, {
        advice: 'the frame is given up and its buffer comes back once draw ends; watch frame.signal in long drawings',
      }),
    );
  }

  /** Aborts what is at work; its buffer is given back when it ends. */
  stop(): void {
    this.#stopped = true;
    for (const frame of this.#frames) frame.giveUp();
  }

  #await(slot: Slot<B>, result: Promise<DrawResult>): void {
    result.then(
      (value) => {
        if (this.#slot === slot && !this.#stopped) this.#finish(slot, value);
        else this.#tooLate(slot, value);
      },
      (error: unknown) => {
        if (this.#slot === slot && !this.#stopped) this.#fail(slot, error);
        else this.#tooLate(slot, undefined);
      },
    );
  }

  /** The caller's buffer may refuse to be shown: the drawing has then failed. */
  #finish(slot: Slot<B>, result: DrawResult): void {
    const fence = fenceOf(result);
    let shown = slot.index;
    try {
      if (!Number.isInteger(fence)) throw new GuestheadError('ERR_USAGE', `${fence} is not a fence`);
      slot.buffer.endDraw();
      if (typeof result === 'object') shown = this.#exchange(slot, this.handlers.placeOf(result.buffer));
    } catch (error) {
      if (isFence(fence)) this.handlers.closeFence(fence);
      this.#fail(slot, error);
      return;
    }
    this.#slot = undefined;
    const startedAt = this.#startedAt;
    this.handlers.drawn({ slot: shown, frame: slot.frame, fence, startedAt, drawMs: this.clock.now() - startedAt });
  }

  #exchange(slot: Slot<B>, foreign: number): number {
    this.chain.take(foreign);
    this.chain.cancel(slot.index);
    return foreign;
  }

  #fail(slot: Slot<B>, cause: unknown): void {
    this.#slot = undefined;
    this.#discard(slot, undefined);
    if (this.#stopped) return;
    this.handlers.failed(new GuestheadError('ERR_DRAW', `draw failed: ${messageOf(cause)}`, { cause }));
  }

  #tooLate(slot: Slot<B>, result: DrawResult): void {
    this.#discard(slot, result);
    this.handlers.returned();
  }

  /** Of a drawing that nobody waits for any more. */
  #discard(slot: Slot<B>, result: DrawResult): void {
    const fence = fenceOf(result);
    if (isFence(fence)) this.handlers.closeFence(fence);
    if (slot.state !== 'drawing') return; // lost in the meantime
    this.chain.cancel(slot.index);
    try {
      slot.buffer.endDraw();
    } catch {
      // its pixels are of no frame any more
    }
  }
}

function isFence(fence: number): boolean {
  return Number.isInteger(fence) && fence >= 0;
}

function fenceOf(result: DrawResult): number {
  if (typeof result === 'number') return result;
  return result?.fence ?? -1;
}
