/**
 * The older workflow of a "dumb scanout device": one buffer of the display, on the
 * screen all the time, drawn into and flushed with DRM_IOCTL_MODE_DIRTYFB. The host
 * may show a half-drawn picture; nothing can prevent that with one buffer.
 */
import { Observable, type Subscriber } from 'rxjs';
import { errnoOf, GuestheadError, messageOf } from '../errors.js';
import { Alarm } from './alarm.js';
import type { Clock } from './clock.js';
import { fenceOf } from './draw-result.js';
import { SlotFrame, type Draw, type Drawable, type DrawResult } from './frame.js';
import { refusedFor, rejection } from './loop-faults.js';
import type { LoopOptions } from './presenter-parts.js';
import { Refusals } from './refusals.js';
import type { Flip, Scanout } from './scanout.js';
import { Watchdog } from './watchdog.js';

export interface DirtyParts extends Pick<LoopOptions, 'periodMs' | 'onDrawError' | 'flipTimeoutMs'> {
  readonly buffer: Drawable;
  readonly firstFrame: number;
  readonly clock: Clock;
  readonly draw: Draw;
  readonly surface: Surface;
  /** Gets the number of the frame to come. */
  readonly onFrame: (next: number) => void;
  readonly report: (fault: GuestheadError) => void;
  /** DRM master was lost, or is ours again. */
  readonly onMaster: (isOurs: boolean) => void;
}

/** What the loop drives. */
export interface Surface extends Pick<Scanout, 'regain' | 'gone'> {
  /** Sets the mode with the buffer on the screen, without waiting. 0 or a negative errno. */
  show(): number;
  /** Resolves when the host has been told of what was drawn, and a vblank has passed. */
  flush(): Promise<void>;
  /** The host has not finished with it yet. */
  flushPending(): boolean;
}

/** Emits a `Flip` for each flush; errors as the flip loop does. */
export function dirtyLoop(parts: DirtyParts): Observable<Flip> {
  return new Observable((subscriber) => {
    const loop = new DirtyLoop(parts, subscriber);
    void loop.run();
    return () => {
      loop.stop();
    };
  });
}

class DirtyLoop {
  /** The one backbuffer as a slot, always the same. */
  readonly #slot: { index: number; buffer: Drawable; state: 'drawing'; frame: number; age: number };
  readonly #frame: SlotFrame<Drawable>;
  readonly #pause: Alarm;
  readonly #refusals: Refusals;
  readonly #watchdog: Watchdog;
  /** Of what was refused: tried again, or the end. */
  #again: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;
  #stopped = false;
  #shown = false;
  #lastAt = 0;
  #dropped = 0;

  constructor(
    private readonly parts: DirtyParts,
    private readonly subscriber: Subscriber<Flip>,
  ) {
    this.#slot = { index: 0, buffer: parts.buffer, state: 'drawing', frame: parts.firstFrame, age: 0 };
    this.#frame = new SlotFrame(this.#slot);
    const { clock, surface, report, onMaster, flipTimeoutMs } = parts;
    this.#pause = new Alarm(clock);
    this.#refusals = new Refusals(this.#pause, clock, surface, report, {
      again: (wholeMode) => {
        if (wholeMode) this.#shown = false;
        if (wholeMode) onMaster(true);
        this.#again?.resolve();
      },
      lost: (error) => this.#again?.reject(gone(error)),
      fatal: (error) => this.#again?.reject(error),
      noMaster: () => {
        onMaster(false);
      },
    });
    const bark = () => {
      report(refusedFor(flipTimeoutMs, this.#refusals.errno));
    };
    this.#watchdog = new Watchdog(clock, flipTimeoutMs, () => this.#refusals.since, bark);
  }

  async run(): Promise<void> {
    this.#watchdog.start();
    try {
      while (!this.#stopped) await this.#next();
    } catch (error) {
      if (this.#stopped) return;
      this.stop();
      this.subscriber.error(error);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#frame.giveUp();
    this.#pause.cancel();
    this.#watchdog.stop();
  }

  async #next(): Promise<void> {
    const startedAt = this.parts.clock.now();
    if (!(await this.#drawn())) {
      await this.#cycle();
      return;
    }
    if (this.#isStopped()) return;
    if (!this.#shown) {
      await this.#show();
      return;
    }
    const drawMs = this.parts.clock.now() - startedAt;
    if ((await this.#flushed()) && !this.#isStopped()) this.#emit(startedAt, drawMs);
  }

  /** Where the kernel is busy, e.g. with a flush of before, a later frame sets the mode. */
  async #show(): Promise<void> {
    const errno = -this.parts.surface.show();
    this.#shown = errno === 0;
    if (this.#shown) this.#accepted();
    else await this.#refused(errno, rejection(errno, true));
  }

  async #flushed(): Promise<boolean> {
    try {
      await this.parts.surface.flush();
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      if (!this.#isStopped()) await this.#refused(errno, flushRefused(errno, error));
      return false;
    }
    this.#accepted();
    return true;
  }

  #accepted(): void {
    this.#refusals.over();
    this.#watchdog.calm();
  }

  /** Resolves when the next frame may be tried; rejects where none will be. */
  #refused(errno: number, error: GuestheadError): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#again = { resolve, reject };
      this.#refusals.refused(errno, error);
    });
  }

  #cycle(): Promise<void> {
    return new Promise((resolve) => {
      this.#pause.start(this.parts.periodMs, resolve);
    });
  }

  /** Whether a frame was drawn; otherwise `draw` failed, and that has been reported. */
  async #drawn(): Promise<boolean> {
    const { draw, onDrawError, report, onFrame } = this.parts;
    this.#frame.begin();
    try {
      const result = draw(this.#frame);
      this.#refuse(result instanceof Promise ? await result : result);
      this.#slot.age = 1;
      return true;
    } catch (cause) {
      this.#slot.age = 0; // half-drawn at worst
      const error = new GuestheadError('ERR_DRAW', `draw failed: ${messageOf(cause)}`, { cause });
      if (onDrawError === 'end' || this.#isStopped()) throw error;
      this.#dropped++;
      report(error);
      return false;
    } finally {
      this.#slot.buffer.endDraw();
      this.#slot.frame++;
      if (!this.#isStopped()) onFrame(this.#slot.frame);
    }
  }

  /** One buffer cannot be exchanged for another, and DIRTYFB takes no fence. */
  #refuse(result: DrawResult): void {
    if (result === undefined) return;
    fenceOf(result)?.close();
    throw new GuestheadError('ERR_USAGE', 'draw may return neither a fence nor a buffer where one buffer is flushed');
  }

  #emit(startedAt: number, drawMs: number): void {
    const { clock, periodMs, surface } = this.parts;
    const now = clock.now();
    const cycles = this.#lastAt === 0 ? 1 : Math.max(1, Math.round((now - this.#lastAt) / periodMs));
    this.#lastAt = now;
    const frame = this.#slot.frame - 1;
    const flushMs = now - startedAt - drawMs;
    const late = { starved: false, drawnLate: cycles > 1 && drawMs > periodMs, dropped: this.#dropped };
    this.#dropped = 0;
    const times = { timestampNs: now * 1e6, missed: cycles - 1, commitMs: flushMs, flipMs: flushMs };
    const latencyMs = now - startedAt;
    this.subscriber.next({
      frame,
      slot: 0,
      isClients: false,
      sequence: frame >>> 0,
      ...times,
      latencyMs,
      drawMs,
      tearRisk: surface.flushPending(),
      ...late,
    });
  }

  /** Asked after an await: TypeScript takes the field for unchanged there. */
  #isStopped(): boolean {
    return this.#stopped;
  }
}

function flushRefused(errno: number, cause: unknown): GuestheadError {
  const details = { operation: 'DRM_IOCTL_MODE_DIRTYFB', errno, cause };
  return new GuestheadError('ERR_COMMIT', 'The display refused to be flushed', details);
}

function gone(cause: unknown): GuestheadError {
  return new GuestheadError('ERR_DEVICE_LOST', 'The display device is gone', { errno: errnoOf(cause), cause });
}
