/** Calls `draw`, one frame at a time, and says how each call ended: presented, failed, or given up as too late. */
import type { Slot } from '../buffer/index.js';
import { GuestheadError, messageOf } from '../errors.js';
import { checkedResult, fenceOf } from './draw-result.js';
import { SlotFrame, type Drawable, type DrawnFrame, type DrawResult } from './frame.js';
import type { Presenter } from './presenter.js';
import type { LoopParts } from './presenter-parts.js';

export interface DrawingHandlers {
  /** The frame, or a client's buffer in its place, has been presented. */
  drawn(): void;
  failed(error: GuestheadError): void;
  /** A drawing that had been given up has ended: its buffer is free again. */
  returned(): void;
}

export class Drawing<B extends Drawable> {
  /** By slot. */
  readonly #frames = new Map<number, SlotFrame<B>>();
  /** What is at work, and since when. */
  #slot: Slot<B> | undefined;
  #startedAt = 0;
  #stopped = false;

  constructor(
    private readonly parts: Pick<LoopParts<B>, 'swapchain' | 'clock' | 'draw' | 'gpuIdleMs'>,
    private readonly presenter: Pick<Presenter<B>, 'presentFrame' | 'presentClient'>,
    private readonly handlers: DrawingHandlers,
  ) {
    for (const slot of parts.swapchain.slots) this.#frames.set(slot.index, new SlotFrame(slot));
  }

  get busy(): boolean {
    return this.#slot !== undefined;
  }

  /** Draws into an acquired buffer; `drawn` or `failed` follows, at once or later. */
  begin(slot: Slot<B>): void {
    const frame = this.#frames.get(slot.index);
    if (frame === undefined) return;
    this.#slot = slot;
    this.#startedAt = this.parts.clock.now();
    frame.begin();
    try {
      const result = this.parts.draw(frame);
      if (result instanceof Promise) this.#await(frame, result);
      else if (this.#stopped) this.#discard(frame, result);
      else this.#finish(frame, result);
    } catch (error) {
      this.#fail(frame, error);
    }
  }

  /** Gives a drawing up that has worked for longer than this since the GPU was done; its buffer comes back when it ends. */
  giveUpAfter(ms: number): void {
    const slot = this.#slot;
    const { clock, gpuIdleMs } = this.parts;
    if (slot === undefined || clock.now() - this.#startedAt < ms || (gpuIdleMs?.() ?? ms) < ms) return;
    this.#slot = undefined;
    this.#frames.get(slot.index)?.giveUp();
    this.handlers.failed(
      new GuestheadError('ERR_DRAW', `draw has worked on frame ${slot.frame} for more than ${ms} ms`, {
        advice: 'the frame is given up and its buffer comes back once draw ends; watch frame.signal in long drawings',
      }),
    );
  }

  /** Aborts what is at work; its buffer is given back when it ends. */
  stop(): void {
    this.#stopped = true;
    for (const frame of this.#frames.values()) frame.giveUp();
  }

  #await(frame: SlotFrame<B>, result: Promise<DrawResult>): void {
    const awaited = () => this.#slot === frame.slot && !this.#stopped;
    result.then(
      (value) => {
        if (awaited()) this.#finish(frame, value);
        else this.#tooLate(frame, value);
      },
      (error: unknown) => {
        if (awaited()) this.#fail(frame, error);
        else this.#tooLate(frame, undefined);
      },
    );
  }

  /** A client's buffer may be one that cannot be shown: the drawing has then failed. */
  #finish(frame: SlotFrame<B>, result: DrawResult): void {
    try {
      this.#present(frame, checkedResult(result));
    } catch (error) {
      fenceOf(result)?.close();
      this.#fail(frame, error);
      return;
    }
    this.#slot = undefined;
    this.handlers.drawn();
  }

  #present({ slot, touched }: SlotFrame<B>, { buffer, ...options }: DrawnFrame): void {
    const { clock, swapchain } = this.parts;
    const drawn = { startedAt: this.#startedAt, drawMs: clock.now() - this.#startedAt };
    slot.buffer.endDraw();
    if (buffer === undefined) {
      this.presenter.presentFrame(slot, options, drawn);
      return;
    }
    this.presenter.presentClient(buffer, options, drawn, slot.frame);
    swapchain.giveBack(slot.index, touched);
  }

  #fail(frame: SlotFrame<B>, cause: unknown): void {
    this.#slot = undefined;
    this.#discard(frame, undefined);
    if (this.#stopped) return;
    this.handlers.failed(new GuestheadError('ERR_DRAW', `draw failed: ${messageOf(cause)}`, { cause }));
  }

  #tooLate(frame: SlotFrame<B>, result: DrawResult): void {
    this.#discard(frame, result);
    this.handlers.returned();
  }

  /** Of a drawing that nobody waits for any more. */
  #discard({ slot }: SlotFrame<B>, result: DrawResult): void {
    fenceOf(result)?.close();
    if (slot.state !== 'drawing') return; // lost in the meantime
    this.parts.swapchain.cancel(slot.index);
    try {
      slot.buffer.endDraw();
    } catch {
      // its pixels are of no frame any more
    }
  }
}
