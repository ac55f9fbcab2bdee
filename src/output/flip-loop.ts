/**
 * The flip loop: acquire → draw → commit → flip event → release, for one head.
 * It knows neither the kernel nor a timer of its own: the scanout, its events
 * and the clock are parameters. One frame is drawn ahead while the one before
 * waits for its flip, so that a commit follows each flip event at once.
 */
import { Observable, type Subscriber, type Subscription } from 'rxjs';
import type { Slot, Swapchain } from '../buffer/index.js';
import { classifyErrno, errnoName, GuestheadError, messageOf } from '../errors.js';
import type { Clock } from './clock.js';
import { SlotFrame, type Draw, type DrawResult, type Drawable } from './frame.js';
import type { Flip, Scanout, ScanoutEvent } from './scanout.js';

/** A rejected commit is tried again this often, and given up after so many tries. */
const retryMs = 100;
const maxTries = 20;
const sameTurnMs = 1;

export function flipLoop<B extends Drawable>(
  swapchain: Swapchain<B>,
  scanout: Scanout,
  clock: Clock,
  draw: Draw,
): Observable<Flip> {
  return new Observable((subscriber) => {
    const loop = new FlipLoop(swapchain, scanout, clock, draw, subscriber);
    loop.start();
    return () => {
      loop.stop();
    };
  });
}

class FlipLoop<B extends Drawable> {
  readonly #frames: readonly SlotFrame<B>[];
  readonly #abort = new AbortController();
  #events: Subscription | undefined;
  #cancelRetry: (() => void) | undefined;
  #started = false;
  #stopped = false;
  #drawing = false;
  /** Drawn, waiting for its commit. */
  #ready: Slot<B> | undefined;
  #inFence = -1;
  /** Committed, waiting for its flip event. */
  #queued: Slot<B> | undefined;
  #tries = 0;
  /** When all buffers were found locked with nothing on its way to the screen. */
  #starvingSince: number | undefined;
  #starved = false;
  #committedAt = 0;
  #commitMs = 0;
  #lastSequence: number | undefined;

  constructor(
    private readonly swapchain: Swapchain<B>,
    private readonly scanout: Scanout,
    private readonly clock: Clock,
    private readonly draw: Draw,
    private readonly subscriber: Subscriber<Flip>,
  ) {
    this.#frames = swapchain.slots.map((slot) => new SlotFrame(slot, this.#abort.signal));
  }

  start(): void {
    this.#events = this.scanout.events$.subscribe((event) => {
      this.#receive(event);
    });
    this.#pump();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#events?.unsubscribe();
    this.#cancelRetry?.();
    this.#abort.abort();
    this.#dropInFence();
    if (this.#ready !== undefined) this.swapchain.cancel(this.#ready.index);
    this.scanout.restore();
  }

  /** Keeps one commit under way and one frame drawn ahead. */
  #pump(): void {
    while (!this.#stopped) {
      if (this.#ready === undefined && !this.#drawing && !this.#drawNext()) return;
      if (this.#ready === undefined || this.#queued !== undefined || this.#cancelRetry !== undefined) return;
      this.#present(this.#ready);
    }
  }

  /** Whether a frame is ready: not while all buffers are locked, nor while `draw` is still at work. */
  #drawNext(): boolean {
    const slot = this.swapchain.acquire();
    if (slot === undefined) {
      if (this.#queued === undefined) this.#starvingSince ??= this.clock.now();
      return false;
    }
    this.#endStarving();
    const frame = this.#frames[slot.index];
    if (frame === undefined) return false;
    this.#drawing = true;
    try {
      const result = this.draw(frame);
      if (!(result instanceof Promise)) return this.#drawn(slot, result);
      result.then(
        (fence) => this.#drawn(slot, fence) && this.#pump(),
        (error: unknown) => this.#drawFailed(slot, error),
      );
      return false;
    } catch (error) {
      return this.#drawFailed(slot, error);
    }
  }

  #drawn(slot: Slot<B>, fence: DrawResult): boolean {
    this.#drawing = false;
    slot.buffer.endDraw();
    this.#inFence = typeof fence === 'number' ? fence : -1;
    if (!this.#stopped) this.#ready = slot;
    else this.#giveUp(slot);
    return !this.#stopped;
  }

  #drawFailed(slot: Slot<B>, cause: unknown): false {
    this.#drawing = false;
    slot.buffer.endDraw();
    this.#giveUp(slot);
    this.#fail(new GuestheadError('ERR_DRAW', `draw failed: ${messageOf(cause)}`, { cause }));
    return false;
  }

  #giveUp(slot: Slot<B>): void {
    this.#dropInFence();
    if (slot.state === 'drawing') this.swapchain.cancel(slot.index); // not lost in the meantime
  }

  #present(slot: Slot<B>): void {
    if (this.#started) this.#commit(slot);
    else this.#showFirst(slot);
  }

  #showFirst(slot: Slot<B>): void {
    try {
      this.scanout.show(slot.index);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#started = true;
    this.#accepted(slot);
    this.#queued = undefined;
    this.swapchain.flipped(slot.index); // a modeset returns when the picture is on
  }

  #commit(slot: Slot<B>): void {
    const before = this.clock.now();
    const result = this.scanout.commit(slot.index, this.#inFence);
    this.#commitMs = this.clock.now() - before;
    this.#committedAt = before;
    if (result < 0) this.#rejected(-result);
    else this.#accepted(slot);
  }

  /** Local state follows only what the kernel accepted. */
  #accepted(slot: Slot<B>): void {
    this.#dropInFence();
    this.swapchain.submit(slot.index);
    this.#ready = undefined;
    this.#queued = slot;
    this.#tries = 0;
  }

  #rejected(errno: number): void {
    const kind = classifyErrno(errno);
    if ((kind === 'wait' || kind === 'retry') && ++this.#tries < maxTries) {
      this.#cancelRetry = this.clock.after(retryMs, () => {
        this.#cancelRetry = undefined;
        this.#pump();
      });
      return;
    }
    const lost = kind === 'lost';
    if (lost) this.#lose();
    const details = { operation: 'DRM_IOCTL_MODE_ATOMIC', errno };
    this.#fail(
      lost
        ? new GuestheadError('ERR_DEVICE_LOST', 'The display device is gone', details)
        : new GuestheadError('ERR_COMMIT', `The display refused a page flip with ${errnoName(errno)}`, details),
    );
  }

  #receive(event: ScanoutEvent): void {
    if (event.kind === 'error') {
      this.#lose();
      this.#fail(new GuestheadError('ERR_DEVICE_LOST', 'The display device is gone', { cause: event.error }));
      return;
    }
    if (event.kind === 'flip') this.#flipped(event);
    else this.swapchain.released(event.slot);
    this.#pump();
  }

  #flipped(event: ScanoutEvent & { kind: 'flip' }): void {
    const slot = this.#queued;
    if (slot?.index !== event.slot) return; // of a commit from before this subscription
    this.#queued = undefined;
    this.swapchain.flipped(slot.index);
    const missed = this.#missedSince(event.sequence);
    const starved = this.#starved && missed > 0;
    this.#starved = false;
    this.subscriber.next({
      frame: slot.frame,
      slot: slot.index,
      sequence: event.sequence,
      timestampNs: event.timestampNs,
      missed,
      commitMs: this.#commitMs,
      flipMs: event.timestampNs / 1e6 - this.#committedAt,
      tearRisk: event.flushPending,
      starved,
    });
  }

  /** A fence that comes with the flip event is no starvation: it takes a moment of the same turn. */
  #endStarving(): void {
    if (this.#starvingSince === undefined) return;
    this.#starved = this.clock.now() - this.#starvingSince > sameTurnMs;
    this.#starvingSince = undefined;
  }

  #missedSince(sequence: number): number {
    const step = this.#lastSequence === undefined ? 1 : (sequence - this.#lastSequence) >>> 0;
    this.#lastSequence = sequence;
    return Math.max(0, step - 1);
  }

  #dropInFence(): void {
    if (this.#inFence >= 0) this.scanout.closeFence(this.#inFence);
    this.#inFence = -1;
  }

  #lose(): void {
    this.#ready = undefined;
    this.#queued = undefined;
    this.swapchain.lose();
  }

  #fail(error: unknown): void {
    this.stop();
    this.subscriber.error(error);
  }
}
