/**
 * The one way to the screen: present → commit → flip event → release, for one head in one mode.
 * It knows neither the kernel nor a timer of its own: the scanout, its events and the clock
 * are parameters. One present waits for its commit while the one before waits for its flip,
 * so that a commit follows each flip event at once.
 */
import { Subscription } from 'rxjs';
import type { ClientBuffer, Fence, Slot } from '../buffer/index.js';
import { errnoOf, GuestheadError, messageOf } from '../errors.js';
import { Commits } from './commits.js';
import { DamageClips } from './damage-clips.js';
import { FlipMeter } from './flip-meter.js';
import type { Drawable } from './frame.js';
import { allLocked, noFlip, refusedFor } from './loop-faults.js';
import type { DiscardReason, Presented, PresentOptions } from './present.js';
import type { PresenterParts } from './presenter-parts.js';
import type { Flip, ScanoutEvent } from './scanout.js';
import { TurnEnd } from './turn-end.js';
import { Watchdog } from './watchdog.js';

export interface PresenterHooks {
  /** A flip completed; before its successor is committed. `drawMs`: how long its drawing took. */
  readonly flipped?: (flip: Flip, drawMs: number) => void;
  /** The same flip, told once the events of the turn have been answered. */
  readonly told: (flip: Flip) => void;
  /** After that: what comes next may be drawn and presented. */
  readonly turn: () => void;
  /** The first frame in this mode is on the screen. */
  readonly modeShown: () => void;
  /** DRM master was lost, or is ours again. */
  readonly master: (isOurs: boolean) => void;
  /** Called now and then, for what takes too long above. */
  readonly look?: (timeoutMs: number) => void;
  /** It has ended: ERR_COMMIT or ERR_DEVICE_LOST. What is on the screen stays there. */
  readonly failed: (error: unknown) => void;
}

/** When a frame's drawing began, and how long it took, ms. */
export interface Drawn {
  readonly startedAt: number;
  readonly drawMs: number;
}

export class Presenter<B extends Drawable> {
  readonly meter: FlipMeter;
  readonly #turnEnd: TurnEnd;
  readonly #commits: Commits;
  readonly #watchdog: Watchdog;
  readonly #events = new Subscription();
  readonly #clips = new DamageClips();
  /** Committed under the presenter before: no frame of this mode. */
  #inherited: Presented | undefined;
  #stopped = false;

  constructor(
    private readonly parts: PresenterParts<B>,
    private readonly hooks: PresenterHooks,
  ) {
    const { swapchain, clock, options, ahead } = parts;
    this.#turnEnd = new TurnEnd(swapchain, hooks.told, parts.defer, parts.onReleased, hooks.turn);
    this.meter = new FlipMeter(clock, options.periodMs);
    const since = () => this.#waitingSince();
    this.#watchdog = new Watchdog(clock, options.flipTimeoutMs, since, () => this.#reportTimeout());
    this.#commits = new Commits(parts, ahead, {
      again: hooks.turn,
      lost: this.#lost,
      fatal: (error) => {
        if (ahead.ready !== undefined) parts.onRefused?.(ahead.ready.slot);
        this.#fail(error);
      },
      master: hooks.master,
    });
  }

  start(): void {
    this.#inherited = this.parts.ahead.queued;
    this.#watchdog.start();
    this.#events.add(this.parts.scanout.events$.subscribe((event) => this.#receive(event))); // which may bring some at once
  }

  /** What waits for its commit is discarded. What is queued still comes to the screen, under another presenter or none. */
  stop(reason: DiscardReason = 'closed'): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#events.unsubscribe();
    this.#commits.stop();
    this.#watchdog.stop();
    this.#turnEnd.stop();
    this.parts.ahead.cancel(reason);
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** A commit waits for its flip event. */
  get queued(): boolean {
    return this.parts.ahead.queued !== undefined;
  }

  /** A present waits for its commit. */
  get ready(): boolean {
    return this.parts.ahead.ready !== undefined;
  }

  /** A backbuffer to draw the next frame into, or undefined: `waiting()` then says why. */
  acquire(): Slot<B> | undefined {
    const slot = this.parts.swapchain.acquire();
    if (slot === undefined) {
      if (!this.queued && !this.ready) this.meter.starving();
      return undefined;
    }
    if (this.meter.fed()) this.#watchdog.calm();
    return slot;
  }

  /** What each buffer that is not free waits for. */
  waiting(): string[] {
    const { scanout, swapchain, ahead } = this.parts;
    return swapchain.waiting((slot) => scanout.pendingFences(slot, ahead.queued?.fence?.fd ?? -1));
  }

  /** Shows an acquired backbuffer; `drawn` where its drawing has been timed. */
  presentFrame(slot: Slot<B>, options: PresentOptions, drawn = this.#untimed()): void {
    const unfinished = slot.buffer.copies && options.fence !== undefined;
    if (slot.buffer.copies && !unfinished) slot.buffer.copy();
    const presented = presentedOf(slot.index, slot.frame, options, drawn, {
      zeroCopy: !slot.buffer.copies,
      isClients: false,
      damage: this.#clipsOf(options),
    });
    presented.unfinished = unfinished;
    this.parts.swapchain.owe(slot.index, options.onReleased);
    this.#add(presented);
    if (unfinished) void this.#finish(slot.buffer, presented);
  }

  /** Shows a client's buffer; throws where it cannot be shown, and the fence stays the caller's then. */
  presentClient(buffer: ClientBuffer, options: PresentOptions, drawn = this.#untimed(), frame?: number): void {
    const { swapchain, slotOf } = this.parts;
    const slot = slotOf(buffer);
    const number = frame ?? swapchain.takeNumber();
    const damage = this.#clipsOf(options);
    const presented = presentedOf(slot, number, options, drawn, { zeroCopy: true, isClients: true, damage });
    swapchain.take(slot);
    swapchain.owe(slot, options.onReleased);
    this.#add(presented);
  }

  /** Commits what is ready, if it can be by now: whether it was. */
  commitNext(): boolean {
    return !this.#stopped && this.#commits.next();
  }

  /** Throws for what is no damage, before a fence is taken over. */
  #clipsOf({ damage }: PresentOptions): Uint32Array | undefined {
    return damage === undefined ? undefined : this.#clips.of(damage);
  }

  #untimed(): Drawn {
    return { startedAt: this.parts.clock.now(), drawMs: 0 };
  }

  #add(presented: Presented): void {
    if (this.parts.ahead.add(presented)) this.meter.dropped();
  }

  /** The `copy` path: rendering must be done before its pixels are copied. */
  async #finish(buffer: B, presented: Presented): Promise<void> {
    const { ahead, report } = this.parts;
    const waits = () => ahead.ready === presented;
    try {
      await presented.fence?.signalled;
      if (!waits()) return;
      buffer.copy();
      presented.unfinished = false;
    } catch (cause) {
      if (!waits()) return; // replaced or closed meanwhile, and its fence with it
      ahead.cancel('refused');
      report(new GuestheadError('ERR_DRAW', `A frame could not be copied: ${messageOf(cause)}`, { cause }));
    }
    if (!this.#stopped) this.hooks.turn();
  }

  #receive(event: ScanoutEvent): void {
    if (event.kind === 'error') {
      this.#lost(event.error);
      return;
    }
    if (event.kind === 'flip') this.#flipped(event);
    else this.#turnEnd.released(event.slot);
    this.#commits.next(); // at once; all else waits for the other heads' commits
    this.#turnEnd.tellSoon();
  }

  #flipped(given: ScanoutEvent & { kind: 'flip' }): void {
    const { ahead, pace, options, clock } = this.parts;
    const { queued } = ahead;
    this.#commits.refusals.tryNow();
    if (queued?.slot !== given.slot) return; // of a commit from before this subscription
    const event = timely(given, queued, clock.now());
    const { sequence, timestampNs } = event;
    ahead.flipped(queued, { sequence, timestampNs, refreshNs: Math.round(options.periodMs * 1e6) });
    const flip = this.meter.describe(event, queued);
    this.#watchdog.calm();
    if (this.meter.afterIdle()) pace.interrupt();
    pace.record(flip);
    this.hooks.flipped?.(flip, queued.drawMs);
    if (queued.modeset && queued !== this.#inherited) this.hooks.modeShown();
    this.#turnEnd.flipped(flip);
  }

  #waitingSince(): number | undefined {
    this.hooks.look?.(this.parts.options.flipTimeoutMs);
    const { queued } = this.parts.ahead;
    return queued?.committedAt ?? this.#commits.refusals.since ?? this.meter.starvingSince;
  }

  #reportTimeout(): void {
    const { scanout, report, options, ahead } = this.parts;
    const { queued } = ahead;
    const { refusals } = this.#commits;
    const ms = options.flipTimeoutMs;
    if (queued !== undefined) report(noFlip(ms, scanout.pendingFences(queued.slot, queued.fence?.fd ?? -1)));
    else if (refusals.since !== undefined) report(refusedFor(ms, refusals.errno));
    else report(allLocked(ms, this.waiting()));
  }

  readonly #lost = (cause: unknown): void => {
    this.parts.ahead.lose();
    this.#fail(new GuestheadError('ERR_DEVICE_LOST', 'The display device is gone', { errno: errnoOf(cause), cause }));
  };

  readonly #fail = (error: unknown): void => {
    this.stop('refused');
    this.hooks.failed(error);
  };
}

/**
 * The event of a modeset may have the time of the CRTC's last vblank, seconds ago: the kernel sends it before the first one
 * of the new mode. It came when it was heard of, then.
 */
function timely<E extends { readonly timestampNs: number }>(event: E, presented: Presented, now: number): E {
  const isStale = presented.modeset && event.timestampNs / 1e6 < presented.committedAt;
  return isStale ? { ...event, timestampNs: now * 1e6 } : event;
}

function presentedOf(
  slot: number,
  frame: number,
  { fence, onOutFence, onOutcome }: { readonly fence?: Fence | undefined } & PresentOptions,
  { startedAt, drawMs }: Drawn,
  { zeroCopy, isClients, damage }: Pick<Presented, 'zeroCopy' | 'isClients' | 'damage'>,
): Presented {
  return {
    slot,
    frame,
    fence: fence?.take(),
    damage,
    startedAt,
    drawMs,
    zeroCopy,
    isClients,
    onOutFence,
    onOutcome,
    unfinished: false,
    modeset: false,
    committedAt: 0,
    commitMs: 0,
  };
}
