/**
 * The flip loop: acquire → draw → commit → flip event → release, for one head.
 * It knows neither the kernel nor a timer of its own: the scanout, its events
 * and the clock are parameters. One frame is drawn ahead while the one before
 * waits for its flip, so that a commit follows each flip event at once.
 */
import { Observable, type Subscriber, type Subscription } from 'rxjs';
import { errnoOf, GuestheadError } from '../errors.js';
import { Commits } from './commits.js';
import { DrawSchedule } from './draw-schedule.js';
import { Drawing, type Drawn } from './drawing.js';
import type { Drawable } from './frame.js';
import { FramesAhead } from './frames-ahead.js';
import { FlipMeter } from './flip-meter.js';
import type { LoopParts } from './loop-parts.js';
import { allLocked, noFlip } from './loop-faults.js';
import { Watchdog } from './watchdog.js';
import type { Flip, ScanoutEvent } from './scanout.js';
import { TurnEnd } from './turn-end.js';

/**
 * Errors with ERR_DRAW, ERR_COMMIT or ERR_DEVICE_LOST. What is on the screen when it
 * ends stays there: giving it back is the caller's.
 */
export function flipLoop<B extends Drawable>(parts: LoopParts<B>): Observable<Flip> {
  return new Observable((subscriber) => {
    const loop = new FlipLoop(parts, subscriber);
    loop.start();
    return () => {
      loop.stop();
    };
  });
}

class FlipLoop<B extends Drawable> {
  readonly #drawing: Drawing<B>;
  readonly #ahead: FramesAhead;
  readonly #turnEnd: TurnEnd;
  readonly #commits: Commits;
  readonly #meter: FlipMeter;
  readonly #schedule: DrawSchedule;
  readonly #watchdog: Watchdog;
  #events: Subscription | undefined;
  #stopped = false;
  #pumping = false;

  constructor(
    private readonly parts: LoopParts<B>,
    private readonly subscriber: Subscriber<Flip>,
  ) {
    const { swapchain, clock, draw, options, scanout, placeOf } = parts;
    this.#ahead = new FramesAhead(swapchain, scanout);
    this.#turnEnd = new TurnEnd(swapchain, subscriber, parts.defer, parts.onReleased, this.#pump);
    this.#meter = new FlipMeter(clock, options.periodMs);
    this.#schedule = new DrawSchedule(parts, this.#meter, this.#pump);
    this.#watchdog = new Watchdog(
      clock,
      options.flipTimeoutMs,
      () => this.#waitingSince(),
      () => {
        this.#reportTimeout();
      },
    );
    this.#commits = new Commits(parts, this.#ahead, this.#meter, {
      again: this.#pump,
      lost: this.#lost,
      fatal: this.#fail,
    });
    this.#drawing = new Drawing(swapchain, clock, draw, {
      drawn: (drawn) => {
        this.#drawn(drawn);
      },
      failed: (error) => {
        this.#drawFailed(error);
      },
      returned: this.#pump,
      closeFence: (fd) => {
        scanout.closeFence(fd);
      },
      placeOf,
    });
  }

  start(): void {
    this.#events = this.parts.scanout.events$.subscribe((event) => {
      this.#receive(event);
    });
    this.#schedule.start(this.#fail);
    this.#watchdog.start();
    this.#pump();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#events?.unsubscribe();
    this.#schedule.stop();
    this.#commits.stop();
    this.#watchdog.stop();
    this.#drawing.stop();
    this.#turnEnd.stop();
    this.#ahead.cancel();
  }

  /** Keeps one commit under way and one frame drawn ahead. */
  readonly #pump = (): void => {
    if (this.#pumping) return; // of a draw that ended at once: the outer call goes on
    this.#pumping = true;
    while (!this.#stopped && (this.#commits.present() || this.#drawNext()));
    this.#pumping = false;
  };

  /** Whether a frame was begun. */
  #drawNext(): boolean {
    const { ready, queued } = this.#ahead;
    if (this.#drawing.busy || !this.#schedule.isTime(ready !== undefined, queued !== undefined)) return false;
    const slot = this.parts.swapchain.acquire();
    if (slot === undefined) {
      if (queued === undefined && ready === undefined) this.#meter.starving();
      return false;
    }
    if (this.#meter.fed()) this.#watchdog.calm();
    this.#schedule.take();
    this.#drawing.begin(slot);
    return true;
  }

  /** A newer frame takes the place of one that still waits. */
  #drawn(drawn: Drawn): void {
    if (this.#ahead.add(drawn)) this.#meter.dropped();
    if (this.#ahead.queued === undefined || this.parts.options.presentMode === 'fifo') this.#pump();
    else this.#schedule.redraw();
  }

  #drawFailed(error: GuestheadError): void {
    if (this.parts.options.onDrawError === 'end') {
      this.#fail(error);
      return;
    }
    this.#meter.dropped();
    this.parts.report(error);
    this.#schedule.later(this.parts.options.periodMs);
  }

  #receive(event: ScanoutEvent): void {
    if (event.kind === 'error') {
      this.#lost(event.error);
      return;
    }
    if (event.kind === 'flip') this.#flipped(event);
    else this.#turnEnd.released(event.slot);
    this.#commits.present(); // at once; all else waits for the other heads' commits
    this.#turnEnd.tellSoon();
  }

  #flipped(event: ScanoutEvent & { kind: 'flip' }): void {
    const { queued } = this.#ahead;
    if (queued?.slot !== event.slot) return; // of a commit from before this subscription
    this.#ahead.flipped(queued);
    const flip = this.#meter.describe(event, queued);
    this.#watchdog.calm();
    if (this.#meter.afterIdle()) this.parts.pace.interrupt();
    this.parts.pace.record(flip);
    this.#schedule.flipped(flip, queued.drawMs);
    this.#turnEnd.flipped(flip);
  }

  #waitingSince(): number | undefined {
    this.#drawing.giveUpAfter(this.parts.options.flipTimeoutMs);
    return this.#ahead.queued !== undefined ? this.#meter.committedAt : this.#meter.starvingSince;
  }

  #reportTimeout(): void {
    const { scanout, swapchain, report, options } = this.parts;
    const { queued } = this.#ahead;
    const fencesOf = (slot: number) => scanout.pendingFences(slot, queued?.fence ?? -1);
    if (queued === undefined) report(allLocked(options.flipTimeoutMs, swapchain.waiting(fencesOf)));
    else report(noFlip(options.flipTimeoutMs, fencesOf(queued.slot)));
  }

  readonly #lost = (cause: unknown): void => {
    this.#ahead.lose();
    this.#fail(new GuestheadError('ERR_DEVICE_LOST', 'The display device is gone', { errno: errnoOf(cause), cause }));
  };

  readonly #fail = (error: unknown): void => {
    this.stop();
    this.subscriber.error(error);
  };
}
