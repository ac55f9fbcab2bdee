/** The surroundings of the loop of one buffer, driven by hand. */
import type { GuestheadError } from '../../src/errors.js';
import { dirtyLoop, type DirtyParts, type Draw, type Flip } from '../../src/loop/index.js';
import { FakeFences } from './fake-fences.js';
import { Canvas, HandClock, periodMs, settle } from './loop-rig.js';

/** One buffer whose flushes end by hand. */
export class DirtyRig {
  readonly clock = new HandClock();
  readonly buffer = new Canvas();
  readonly flips: Flip[] = [];
  readonly faults: GuestheadError[] = [];
  readonly next: number[] = [];
  readonly fences = new FakeFences();
  shows = 0;
  flushes = 0;
  error: unknown;
  /** Of the commit that sets the mode; 0 = accepted. */
  showErrno = 0;
  pending = false;
  /** What the kernel says when it is asked. */
  master = true;
  gone = true;
  /** Whether we were said to be master, each time that changed. */
  readonly masters: boolean[] = [];
  #flush: { resolve: () => void; reject: (error: Error) => void } | undefined;

  get flushing(): boolean {
    return this.#flush !== undefined;
  }

  start(draw: Draw, options: Partial<DirtyParts> = {}) {
    return dirtyLoop({
      buffer: this.buffer,
      firstFrame: 0,
      periodMs,
      clock: this.clock,
      draw,
      onDrawError: 'end',
      surface: {
        show: () => {
          if (this.showErrno === 0) this.shows++;
          return -this.showErrno;
        },
        flush: () => {
          this.flushes++;
          return new Promise((resolve, reject) => (this.#flush = { resolve, reject }));
        },
        flushPending: () => this.pending,
        regain: () => this.master,
        gone: () => this.gone,
      },
      flipTimeoutMs: 1000,
      onMaster: (isOurs) => this.masters.push(isOurs),
      onFrame: (next) => this.next.push(next),
      report: (fault) => this.faults.push(fault),
      ...options,
    }).subscribe({
      next: (flip) => this.flips.push(flip),
      error: (error: unknown) => (this.error = error),
    });
  }

  /** What waits for its time goes on. */
  async waited(ms: number): Promise<void> {
    this.clock.advance(ms);
    await settle();
  }

  /** The flush under way ends, after so long. */
  async flushed(ms = periodMs, error?: Error): Promise<void> {
    this.clock.advance(ms);
    const flush = this.#flush;
    this.#flush = undefined;
    if (error === undefined) flush?.resolve();
    else flush?.reject(error);
    await settle();
  }
}
