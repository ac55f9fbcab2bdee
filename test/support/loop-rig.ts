/** The flip loop's surroundings, driven by hand. */
import { Subject, type Observable } from 'rxjs';
import { Swapchain, type Slot } from '../../src/buffer/index.js';
import { commitFlag } from '../../src/native.js';
import type { GuestheadError } from '../../src/errors.js';
import {
  flipLoop,
  PaceObserver,
  type LoopOptions,
  type Clock,
  type Draw,
  type Drawable,
  type DrawResult,
  type Flip,
  type Scanout,
  type ScanoutEvent,
} from '../../src/loop/index.js';
import { FakeDevice, type FakeScanout } from '../../src/testing/index.js';

export class Canvas implements Drawable {
  readonly drawnFd = -1;
  readonly layout = { width: 64, height: 32, stride: 256 };
  readonly memory = new Uint32Array(64 * 32);
  /** Thrown by each `endDraw`, as where the memory cannot be copied. */
  endError: Error | undefined;
  pixels(): Uint32Array {
    return this.memory;
  }
  damaged(): void {
    this.memory[1] = 1;
  }
  endDraw(): void {
    this.memory[0] = 0;
    if (this.endError !== undefined) throw this.endError;
  }
}

/** The loop's scanout on the fake addon. */
export class Rig implements Scanout {
  readonly events$ = new Subject<ScanoutEvent>();
  readonly native: FakeScanout;
  readonly closedFences: number[] = [];
  readonly inFences: number[] = [];
  readonly chain: Swapchain<Canvas>;
  master = true;
  shown: number[] = [];
  showError: Error | undefined;

  constructor(buffers = 4) {
    this.chain = new Swapchain(Array.from({ length: buffers }, () => new Canvas()));
    this.native = new FakeDevice().createScanout(
      { crtc: 1, plane: 2, fbId: 3, inFenceFd: 4, outFencePtr: 5, fbDamageClips: 6 },
      {
        flip: (slot, sequence, timestampNs, flushPending) => {
          this.events$.next({ kind: 'flip', slot, sequence, timestampNs, flushPending });
        },
        fence: (slot) => {
          this.events$.next({ kind: 'fence', slot });
        },
        error: (error) => {
          this.events$.next({ kind: 'error', error });
        },
      },
    );
    for (let slot = 0; slot < buffers; slot++) this.native.attach(slot, 100 + slot, -1);
  }

  /** The cold loop, for a test that subscribes by itself. */
  loop(draw: Draw, clock: Clock = new HandClock()): Observable<Flip> {
    return flipLoop({
      swapchain: this.chain,
      scanout: this,
      clock,
      draw,
      options: loopOptions,
      defer: atOnce,
      pace: new PaceObserver(periodMs),
      onReleased: () => undefined,
      placeOf: this.placeOf,
      report: () => undefined,
    });
  }

  show(slot: number): void {
    if (this.showError) throw this.showError;
    this.shown.push(slot);
    this.native.setCurrent(slot);
  }
  commit(slot: number, inFence: number): number {
    this.inFences.push(inFence);
    return this.native.commit(slot, inFence, commitFlag.nonblock | commitFlag.pageFlipEvent);
  }
  regain(): boolean {
    return this.master;
  }
  pendingFences(_slot: number, _inFence: number): string[] {
    return ['vgem (unbound)'];
  }
  /** Set by a test that shows a buffer of its own. */
  placeOf: (buffer: unknown) => number = () => {
    throw new Error('no place');
  };
  /** The buffer drawn into by the `draw` that asks. */
  drawing(): Slot<Canvas> {
    const slot = this.chain.slots.findLast(
      ({ state, frame }) => state === 'drawing' && frame === this.chain.nextFrame - 1,
    );
    if (slot === undefined) throw new Error('nothing is being drawn');
    return slot;
  }
  closeFence(fd: number): void {
    this.closedFences.push(fd);
  }
}

/** A clock that only `advance` moves: by one turn, in which each timer that is due is called once. */
export class HandClock implements Clock {
  time = 0;
  #timers: { at: number; callback: () => void }[] = [];
  now = () => this.time;
  after = (ms: number, callback: () => void) => {
    const timer = { at: this.time + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };
  advance(ms: number): void {
    this.time += ms;
    const due = this.#timers.filter(({ at }) => at <= this.time);
    this.#timers = this.#timers.filter(({ at }) => at > this.time);
    for (const { callback } of due) callback();
  }
}

/** Lets what promises have settled with arrive. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** For a `draw`: a promise that its test ends by hand. */
export interface Ending {
  readonly promise: Promise<DrawResult>;
  readonly resolve: (result?: DrawResult) => void;
  readonly reject: (error: Error) => void;
}

export function ending(): Ending {
  let resolve: (result?: DrawResult) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<DrawResult>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { promise, resolve, reject };
}

function atOnce(callback: () => void): void {
  callback();
}

/** One refresh cycle of the fake. */
export const periodMs = 1000 / 60;

export const loopOptions: LoopOptions = {
  periodMs,
  presentMode: 'fifo',
  deadline: false,
  flipTimeoutMs: 2000,
  onDrawError: 'end',
};

export function start(
  rig: Rig,
  draw: Draw = () => undefined,
  clock: Clock = new HandClock(),
  options: Partial<LoopOptions> = {},
) {
  const flips: Flip[] = [];
  const faults: GuestheadError[] = [];
  const seen: { error: unknown } = { error: undefined };
  const pace = new PaceObserver(periodMs);
  const subscription = flipLoop({
    swapchain: rig.chain,
    scanout: rig,
    clock,
    draw,
    options: { ...loopOptions, ...options },
    defer: atOnce,
    pace,
    onReleased: () => undefined,
    placeOf: (buffer) => rig.placeOf(buffer),
    report: (fault) => faults.push(fault),
  }).subscribe({
    next: (flip) => flips.push(flip),
    error: (error: unknown) => (seen.error = error),
  });
  return { flips, faults, seen, pace, subscription };
}

/** A loop whose drawings are only counted. */
export function startCounting(options: Partial<LoopOptions>, rig = new Rig()) {
  const clock = new HandClock();
  let count = 0;
  const draw = () => {
    count++;
  };
  return { rig, clock, drawn: () => count, ...start(rig, draw, clock, options) };
}

/** Which frame each flip showed, and how many were dropped before it. */
export function shownAndDropped(flips: readonly Flip[]): [number, number][] {
  return flips.map(({ frame, dropped }) => [frame, dropped]);
}
