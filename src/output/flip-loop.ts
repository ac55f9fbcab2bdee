/**
 * The flip loop: acquire → draw → commit → flip event → release, for one head.
 * It knows neither the kernel nor a timer of its own: the scanout, its events
 * and the clock are parameters. One frame is drawn ahead while the one before
 * waits for its flip, so that a commit follows each flip event at once.
 */
import { Observable, type Subscriber, type Subscription } from 'rxjs';
import { errnoOf, GuestheadError } from '../errors.js';
import { Alarm } from './alarm.js';
import { DrawSchedule } from './draw-schedule.js';
import { Drawing, type Drawn } from './drawing.js';
import type { Drawable } from './frame.js';
import { FlipMeter } from './flip-meter.js';
import type { LoopParts } from './loop-parts.js';
import { allLocked, noFlip, rejection } from './loop-faults.js';
import { OwnClock } from './pacing.js';
import { Refusals } from './refusals.js';
import { Watchdog } from './watchdog.js';
import type { Flip, ScanoutEvent } from './scanout.js';

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
  readonly #refusals: Refusals;
  readonly #meter: FlipMeter;
  readonly #schedule: DrawSchedule;
  readonly #ownClock: OwnClock;
  readonly #watchdog: Watchdog;
  /** A commit that waits: for another try, for DRM master, or for its time. */
  readonly #hold: Alarm;
  #events: Subscription | undefined;
  #shown = false;
  #stopped = false;
  #pumping = false;
  #deferred = false;
  /** Completed, and let go of, in this turn. */
  #done: Flip | undefined;
  readonly #released: number[] = [];
  /** Drawn, waiting for its commit. */
  #ready: Drawn | undefined;
  /** Committed, waiting for its flip event. */
  #queued: Drawn | undefined;

  constructor(
    private readonly parts: LoopParts<B>,
    private readonly subscriber: Subscriber<Flip>,
  ) {
    const { swapchain, clock, draw, options, scanout, placeOf } = parts;
    this.#meter = new FlipMeter(clock, options.periodMs);
    this.#schedule = new DrawSchedule(parts, this.#meter, () => {
      this.#pump();
    });
    this.#ownClock = new OwnClock(options.periodMs);
    this.#watchdog = new Watchdog(
      clock,
      options.flipTimeoutMs,
      () => this.#waitingSince(),
      () => {
        this.#reportTimeout();
      },
    );
    this.#hold = new Alarm(clock);
    this.#refusals = new Refusals(this.#hold, scanout, parts.report, {
      again: (wholeMode) => {
        if (wholeMode) this.#shown = false;
        this.#pump();
      },
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
      returned: () => {
        this.#pump();
      },
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
    this.#hold.cancel();
    this.#watchdog.stop();
    this.#drawing.stop();
    this.#closeFence(this.#queued);
    this.#closeFence(this.#ready);
    if (this.#ready !== undefined) this.parts.swapchain.cancel(this.#ready.slot);
  }

  /** Keeps one commit under way and one frame drawn ahead. */
  #pump(): void {
    if (this.#pumping) return; // of a draw that ended at once: the outer call goes on
    this.#pumping = true;
    while (!this.#stopped && (this.#presentReady() || this.#drawNext()));
    this.#pumping = false;
  }

  /** Whether a frame was begun. */
  #drawNext(): boolean {
    if (this.#drawing.busy || !this.#schedule.isTime(this.#ready !== undefined, this.#queued !== undefined))
      return false;
    const slot = this.parts.swapchain.acquire();
    if (slot === undefined) {
      if (this.#queued === undefined && this.#ready === undefined) this.#meter.starving();
      return false;
    }
    if (this.#meter.fed()) this.#watchdog.calm();
    this.#schedule.take();
    this.#drawing.begin(slot);
    return true;
  }

  /** A newer frame takes the place of one that still waits. */
  #drawn(drawn: Drawn): void {
    const replaced = this.#ready;
    if (replaced !== undefined) {
      this.#meter.dropped();
      this.#closeFence(replaced);
      this.parts.swapchain.drop(replaced.slot);
    }
    this.#ready = drawn;
    if (this.#queued === undefined || this.parts.options.presentation === 'fifo') this.#pump();
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

  /** Whether a commit was made. */
  #presentReady(): boolean {
    const ready = this.#ready;
    if (ready === undefined || this.#queued !== undefined || this.#hold.set) return false;
    if (!this.#shown) return this.#show(ready);
    const wait = this.parts.pace.freeRunning ? this.#ownClock.waitMs(this.parts.clock.now()) : 0;
    if (wait > 0) this.#holdFor(wait);
    else this.#commit(ready);
    return wait <= 0;
  }

  /** By a modeset, which returns when the picture is on: at first, and after DRM master was lost. */
  #show(ready: Drawn): boolean {
    try {
      this.parts.scanout.show(ready.slot);
    } catch (error) {
      this.#refusals.refused(errnoOf(error) ?? 0, error);
      return false;
    }
    this.#shown = true;
    this.#accepted(ready);
    this.#queued = undefined;
    this.#closeFence(ready);
    this.parts.swapchain.flipped(ready.slot);
    return true;
  }

  #commit(ready: Drawn): void {
    const before = this.parts.clock.now();
    const result = this.parts.scanout.commit(ready.slot, ready.fence);
    this.#meter.commitMs = this.parts.clock.now() - before;
    this.#meter.committedAt = before;
    this.#ownClock.committed(before);
    if (result === 0) this.#accepted(ready);
    else this.#refusals.refused(-result, rejection(-result));
  }

  /** Local state follows only what the kernel accepted. */
  #accepted(ready: Drawn): void {
    this.parts.swapchain.submit(ready.slot);
    this.#ready = undefined;
    this.#queued = ready;
    this.#refusals.over();
  }

  #holdFor(ms: number): void {
    this.#hold.start(ms, () => {
      this.#pump();
    });
  }

  #receive(event: ScanoutEvent): void {
    if (event.kind === 'error') {
      this.#lost(event.error);
      return;
    }
    if (event.kind === 'flip') this.#flipped(event);
    else this.#released.push(event.slot);
    this.#presentReady(); // at once; all else waits for the other heads' commits
    this.#pumpSoon();
  }

  /** The flip first, then what it has set free. */
  #tell(): void {
    const flip = this.#done;
    this.#done = undefined;
    if (flip !== undefined && !this.#stopped) this.subscriber.next(flip);
    for (const slot of this.#released.splice(0)) if (!this.#stopped) this.parts.swapchain.released(slot);
  }

  #pumpSoon(): void {
    if (this.#deferred) return;
    this.#deferred = true;
    this.parts.defer(() => {
      this.#deferred = false;
      this.#tell();
      this.#pump();
    });
  }

  #flipped(event: ScanoutEvent & { kind: 'flip' }): void {
    const queued = this.#queued;
    if (queued?.slot !== event.slot) return; // of a commit from before this subscription
    this.#queued = undefined;
    this.#closeFence(queued);
    this.parts.swapchain.flipped(queued.slot);
    const flip = this.#meter.describe(event, queued);
    this.#watchdog.calm();
    if (this.#meter.afterIdle()) this.parts.pace.interrupt();
    this.parts.pace.record(flip);
    this.#schedule.flipped(flip, queued.drawMs);
    this.#done = flip;
  }

  #waitingSince(): number | undefined {
    this.#drawing.giveUpAfter(this.parts.options.flipTimeoutMs);
    return this.#queued !== undefined ? this.#meter.committedAt : this.#meter.starvingSince;
  }

  #reportTimeout(): void {
    const { scanout, swapchain, report, options } = this.parts;
    const queued = this.#queued;
    const fencesOf = (slot: number) => scanout.pendingFences(slot, queued?.fence ?? -1);
    if (queued === undefined) report(allLocked(options.flipTimeoutMs, swapchain.waiting(fencesOf)));
    else report(noFlip(options.flipTimeoutMs, fencesOf(queued.slot)));
  }

  #closeFence(drawn: Drawn | undefined): void {
    if (drawn !== undefined && drawn.fence >= 0) this.parts.scanout.closeFence(drawn.fence);
  }

  readonly #lost = (cause: unknown): void => {
    this.#closeFence(this.#ready);
    this.#closeFence(this.#queued);
    this.#ready = undefined;
    this.#queued = undefined;
    this.parts.swapchain.lose();
    this.#fail(new GuestheadError('ERR_DEVICE_LOST', 'The display device is gone', { errno: errnoOf(cause), cause }));
  };

  readonly #fail = (error: unknown): void => {
    this.stop();
    this.subscriber.error(error);
  };
}
