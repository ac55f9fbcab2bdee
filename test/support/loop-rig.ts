/** The flip loop's surroundings, driven by hand. */
import { constants } from 'node:os';
import { Subject, type Observable } from 'rxjs';
import {
  renderMemory,
  Swapchain,
  type RenderMemory,
  type ClientBuffer,
  type Fence,
  type Slot,
} from '../../src/buffer/index.js';
import { commitFlag } from '../../src/native/index.js';
import type { GuestheadError } from '../../src/errors.js';
import {
  flipLoop,
  FramesAhead,
  Outbox,
  PaceObserver,
  type LoopOptions,
  type LoopParts,
  type Clock,
  type Draw,
  type Drawable,
  type DrawResult,
  type Flip,
  type Scanout,
  type ScanoutEvent,
} from '../../src/loop/index.js';
import { FakeDevice, nativeError, type FakeFlip, type FakeScanout } from '../../src/testing/index.js';
import { FakeFences } from './fake-fences.js';

export class Canvas implements Drawable {
  readonly drawnFd = -1;
  readonly layout = { width: 64, height: 32, stride: 256 };
  readonly array = new Uint32Array(64 * 32);
  readonly memory: RenderMemory = renderMemory(
    { ...this.layout, format: 0, modifier: 0n, offset: 0, size: 256 * 32 },
    -1,
  )[0];
  /** Thrown by each `endDraw`, and by each `copy`, as where the memory cannot be copied. */
  endError: Error | undefined;
  copyError: Error | undefined;
  /** How often its pixels were brought to the display. */
  copied = 0;
  constructor(readonly copies = false) {}
  pixels(): Uint32Array {
    return this.array;
  }
  damaged(): void {
    this.array[1] = 1;
  }
  endDraw(): void {
    this.array[0] = 0;
    if (this.endError !== undefined) throw this.endError;
  }
  copy(): void {
    if (this.copyError !== undefined) throw this.copyError;
    this.copied++;
  }
}

/** What is deferred runs as promise jobs do: after the handler that deferred it, before the next turn. */
export class Jobs {
  #jobs: (() => void)[] = [];
  readonly defer = (job: () => void): void => {
    this.#jobs.push(job);
    if (this.#jobs.length === 1) void Promise.resolve().then(this.run);
  };
  /** The native handlers of a turn have returned. */
  readonly run = (): void => {
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) job();
  };
}

/** The loop's scanout on the fake addon. */
export class Rig implements Scanout {
  readonly events$ = new Subject<ScanoutEvent>();
  readonly native: FakeScanout;
  readonly fences = new FakeFences();
  /** Of each try, whatever the answer. */
  readonly inFences: number[] = [];
  readonly jobs = new Jobs();
  readonly chain: Swapchain<Canvas>;
  readonly faults: GuestheadError[] = [];
  readonly outbox = new Outbox(this.jobs.defer, (fault) => this.faults.push(fault));
  readonly ahead: FramesAhead;
  master = true;
  /** What the device says of itself where a commit says ENODEV. */
  isGone = true;
  /** Of each commit that sets the mode; 0 = accepted. */
  modesetErrno = 0;

  constructor(buffers = 4, copies = false) {
    const canvases = Array.from({ length: buffers }, () => new Canvas(copies));
    this.chain = new Swapchain(canvases, 0, (call) => this.outbox.post(call));
    this.ahead = new FramesAhead(this.chain, this.outbox);
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

  /** The slots that came with the whole mode. */
  get shown(): number[] {
    return this.#slots(true);
  }

  /** The slots of the page flips. */
  get committed(): number[] {
    return this.#slots(false);
  }

  get closedFences(): number[] {
    return this.fences.closed;
  }

  /** Completes the flip under way, and what follows in its turn. */
  flip(flip: FakeFlip = {}): void {
    this.native.flip(flip);
    this.jobs.run();
  }

  /** Signals a held fence. */
  signal(slot: number): void {
    this.native.signal(slot);
    this.jobs.run();
  }

  /** The device goes away. */
  lose(): void {
    this.native.lose(nativeError(constants.errno.ENODEV, 'read'));
    this.jobs.run();
  }

  /** What a presenter gets. */
  parts(clock: Clock = new HandClock(), options: Partial<LoopOptions> = {}): Omit<LoopParts<Canvas>, 'draw'> {
    if (clock instanceof HandClock) clock.afterTimer = this.jobs.run;
    return {
      swapchain: this.chain,
      ahead: this.ahead,
      scanout: this,
      clock,
      options: { ...loopOptions, ...options },
      defer: this.jobs.defer,
      pace: new PaceObserver(periodMs),
      onReleased: () => undefined,
      slotOf: (buffer) => this.slotOf(buffer),
      report: (fault) => this.faults.push(fault),
    };
  }

  /** The cold loop, for a test that subscribes by itself. */
  loop(draw: Draw, clock: Clock = new HandClock(), changes: Partial<LoopParts<Canvas>> = {}): Observable<Flip> {
    return flipLoop({ ...this.parts(clock), draw, ...changes });
  }

  commit(slot: number, inFence: number, modeset: boolean, damage?: Uint32Array, wantOutFence = false): number {
    this.inFences.push(inFence);
    if (modeset && this.modesetErrno !== 0) return -this.modesetErrno;
    const flags = commitFlag.nonblock | commitFlag.pageFlipEvent | (modeset ? commitFlag.allowModeset : 0);
    return this.native.commit(slot, inFence, flags, wantOutFence, damage);
  }
  adopt(): Fence {
    throw new Error('no out-fence');
  }
  regain(): boolean {
    return this.master;
  }
  gone(): boolean {
    return this.isGone;
  }
  pendingFences(_slot: number, _inFence: number): string[] {
    return ['vgem (unbound)'];
  }
  /** Set by a test that shows a buffer of its own. */
  slotOf: (buffer: ClientBuffer) => number = () => {
    throw new Error('no slot');
  };
  /** The buffer drawn into by the `draw` that asks. */
  drawing(): Slot<Canvas> {
    const slot = this.chain.slots.findLast(
      ({ state, frame }) => state === 'drawing' && frame === this.chain.nextFrame - 1,
    );
    if (slot === undefined) throw new Error('nothing is being drawn');
    return slot;
  }

  #slots(modeset: boolean): number[] {
    return this.native.commits
      .filter(({ flags }) => ((flags & commitFlag.allowModeset) !== 0) === modeset)
      .map(({ slot }) => slot);
  }
}

/** A clock that only `advance` moves: by one turn, in which each timer that is due is called once. */
export class HandClock implements Clock {
  time = 0;
  /** Called after each timer's callback, as Node runs promise jobs there. */
  afterTimer: () => void = () => undefined;
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
    for (const timer of due) {
      if (!this.#timers.includes(timer)) continue; // cancelled by one before it
      this.#timers = this.#timers.filter((other) => other !== timer);
      timer.callback();
      this.afterTimer();
    }
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

/** One refresh cycle of the fake. */
export const periodMs = 1000 / 60;

export const loopOptions: LoopOptions = {
  periodMs,
  presentMode: 'fifo',
  deadline: false,
  flipTimeoutMs: 2000,
  onDrawError: 'end',
};

/** A loop from its subscription on, before anything has come to the screen. */
export function subscribe(
  rig: Rig,
  draw: Draw = () => undefined,
  clock: Clock = new HandClock(),
  options: Partial<LoopOptions> = {},
  changes: Partial<LoopParts<Canvas>> = {},
) {
  const flips: Flip[] = [];
  const { faults } = rig;
  const seen: { error: unknown; completed: boolean } = { error: undefined, completed: false };
  const pace = new PaceObserver(periodMs);
  const parts = { ...rig.parts(clock, options), pace, draw, ...changes };
  const subscription = flipLoop(parts).subscribe({
    next: (flip) => flips.push(flip),
    error: (error: unknown) => (seen.error = error),
    complete: () => (seen.completed = true),
  });
  rig.jobs.run();
  return { flips, faults, seen, pace, subscription };
}

/** The same with the first frame on the screen, if its drawing has ended; its flip is not among `flips`. */
export function start(...given: Parameters<typeof subscribe>) {
  const [rig] = given;
  const run = subscribe(...given);
  if (rig.shown.length > 0) rig.flip();
  run.flips.length = 0;
  return run;
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
