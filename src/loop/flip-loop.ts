/**
 * The flip loop: acquires a backbuffer, has it drawn, presents it, for as long as it is
 * subscribed to. One frame is drawn ahead while the one before waits for its flip.
 */
import { Observable, type Subscriber } from 'rxjs';
import type { GuestheadError } from '../errors.js';
import { DrawSchedule } from './draw-schedule.js';
import { Drawing } from './drawing.js';
import type { Drawable } from './frame.js';
import type { DiscardReason } from './present.js';
import { Presenter } from './presenter.js';
import type { LoopParts } from './presenter-parts.js';
import type { Flip } from './scanout.js';

/**
 * Errors with ERR_DRAW, ERR_COMMIT or ERR_DEVICE_LOST. Completes once `when$` has, and the last frame asked for
 * is on the screen. What is on the screen when it ends stays there: giving it back is the caller's.
 */
export function flipLoop<B extends Drawable>(parts: LoopParts<B>): Observable<Flip> {
  return new Observable((subscriber) => {
    const loop = new FlipLoop(parts, subscriber);
    loop.start();
    return () => {
      loop.stop('closed');
    };
  });
}

class FlipLoop<B extends Drawable> {
  readonly #presenter: Presenter<B>;
  readonly #drawing: Drawing<B>;
  readonly #schedule: DrawSchedule;
  #stopped = false;
  #pumping = false;

  constructor(
    private readonly parts: LoopParts<B>,
    private readonly subscriber: Subscriber<Flip>,
  ) {
    this.#presenter = new Presenter(parts, {
      flipped: (flip, drawMs) => this.#schedule.flipped(flip, drawMs),
      told: (flip) => this.subscriber.next(flip),
      turn: this.#pump,
      modeShown: () => parts.onModeShown?.(),
      master: (isOurs) => parts.onMaster?.(isOurs),
      look: (timeoutMs) => this.#drawing.giveUpAfter(timeoutMs),
      failed: this.#fail,
    });
    this.#schedule = new DrawSchedule(parts, this.#presenter.meter, this.#pump);
    this.#drawing = new Drawing(parts, this.#presenter, {
      drawn: () => this.#drawn(),
      failed: (error) => this.#drawFailed(error),
      returned: this.#pump,
    });
  }

  start(): void {
    this.#presenter.start();
    this.#schedule.start(this.#fail, this.#pump);
    this.#pump();
  }

  stop(reason: DiscardReason): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#schedule.stop();
    this.#drawing.stop();
    this.#presenter.stop(reason);
  }

  /** Keeps one commit under way and one frame drawn ahead. */
  readonly #pump = (): void => {
    if (this.#pumping) return; // of a draw that ended at once: the outer call goes on
    this.#pumping = true;
    while (!this.#stopped && (this.#presenter.commitNext() || this.#drawNext()));
    this.#pumping = false;
    if (this.#isDone()) this.#complete();
  };

  /** Whether a frame was begun. */
  #drawNext(): boolean {
    const { ready, queued } = this.#presenter;
    if (this.#drawing.busy || !this.#schedule.isTime(ready, queued)) return false;
    const slot = this.#presenter.acquire();
    if (slot === undefined) return false;
    this.#schedule.take();
    this.#drawing.begin(slot);
    return true;
  }

  #drawn(): void {
    if (!this.#presenter.queued || this.parts.options.presentMode === 'fifo') this.#pump();
    else this.#schedule.redraw();
  }

  #drawFailed(error: GuestheadError): void {
    if (this.parts.options.onDrawError === 'end') {
      this.#fail(error);
      return;
    }
    this.#presenter.meter.dropped();
    this.parts.report(error);
    this.#schedule.later(this.parts.options.periodMs);
  }

  /** Nothing more is asked for, and what was is on the screen. */
  #isDone(): boolean {
    const { ready, queued } = this.#presenter;
    return !this.#stopped && this.#schedule.ended && !this.#drawing.busy && !ready && !queued;
  }

  #complete(): void {
    this.stop('closed');
    this.subscriber.complete();
  }

  readonly #fail = (error: unknown): void => {
    this.stop('refused');
    this.subscriber.error(error);
  };
}
