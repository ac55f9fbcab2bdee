/** One subscription of a head's flips: a loop on one set after the other, the picture kept between them. */
import { Subscription, type Observable, type Subscriber } from 'rxjs';
import { ClientBuffer, Swapchain, type ScanoutBuffer, type StateCounts } from '../buffer/index.js';
import { GuestheadError } from '../errors.js';
import { dirtyLoop, type Draw, type Flip, flipLoop, monotonicClock, PaceObserver, type Pacing } from '../loop/index.js';
import { guardExit } from './exit-guard.js';
import { KernelScanout } from './kernel-scanout.js';
import type { HeadTelemetry } from './telemetry.js';
import type { CheckedHeadOptions } from './options.js';
import type { BufferSet } from './buffer-set.js';
import type { Claim } from './claim.js';

export interface RunContext {
  readonly options: CheckedHeadOptions;
  readonly draw: Draw;
  readonly when$: Observable<unknown> | undefined;
  readonly subscriber: Subscriber<Flip>;
  readonly telemetry: HeadTelemetry;
  readonly report: (fault: GuestheadError) => void;
  /** The loop ended; the head decides what follows. */
  readonly onError: (error: unknown) => void;
  /** The set's first frame is on the screen: what was shown before may go. */
  readonly onShown: () => void;
  /** At each flip event, before the next commit. */
  readonly onFlip: () => void;
  /** The process ends: what is on the screen beside the frames goes first. */
  readonly onExit: () => void;
}

/** One loop: all that ends with it. */
interface Running {
  readonly loop: Subscription;
  readonly scanout: KernelScanout;
  /** None in the single-buffer form. */
  readonly guests: Guests | undefined;
}

/** The chain, and the callers' buffers that are shown in it by their places. */
interface Guests {
  readonly chain: Swapchain<ScanoutBuffer>;
  readonly foreign: Map<ClientBuffer, number>;
}

export class FlipRun {
  #running: Running | undefined;
  #nextFrame = 0;
  #claim: Claim | undefined;
  #pace: PaceObserver | undefined;
  readonly #removeGuard: () => void;

  constructor(private readonly context: RunContext) {
    this.#removeGuard = guardExit(() => {
      context.onExit();
      restore(this.#claim);
    });
  }

  /** Stops the loop on the set before, if any, with its picture on the screen, and starts on this one. */
  start(claim: Claim, set: BufferSet): void {
    this.pause();
    this.#claim = claim;
    const { telemetry, onShown, onFlip, options } = this.context;
    const scanout = new KernelScanout(claim, set, telemetry, { onShown, onFlip });
    this.#pace = new PaceObserver(periodOf(set));
    if (options.update === 'dirtyfb') this.#startDirty(claim, set, scanout);
    else this.#startFlips(set, scanout, this.#pace);
  }

  /** Stops the loop; the last frame stays on the screen, and its buffers with it. */
  pause(): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    running.loop.unsubscribe();
    running.scanout.close();
    if (running.guests === undefined) return;
    this.#nextFrame = running.guests.chain.nextFrame;
    for (const buffer of running.guests.foreign.keys()) buffer.release();
  }

  /** The host closed the head: nothing is shown until the next start. */
  blank(): void {
    this.pause();
    restore(this.#claim);
  }

  /** Stops the loop and gives the screen back. Idempotent. */
  stop(): void {
    this.pause();
    this.#removeGuard();
    restore(this.#claim);
    this.#claim = undefined;
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  get flipPending(): boolean {
    return this.#running?.scanout.flipPending ?? false;
  }

  counts(): StateCounts | undefined {
    return this.#running?.guests?.chain.counts();
  }

  pacing(): Pacing | undefined {
    return this.#pace?.pacing();
  }

  #startFlips(set: BufferSet, scanout: KernelScanout, pace: PaceObserver): void {
    const { options, draw, when$, telemetry, report } = this.context;
    const guests: Guests = { chain: new Swapchain(set.buffers, this.#nextFrame), foreign: new Map() };
    const flips$ = flipLoop({
      swapchain: guests.chain,
      scanout,
      clock: monotonicClock,
      draw,
      when$,
      options: { ...options, periodMs: periodOf(set) },
      defer: afterThisTurn,
      pace,
      onReleased: (slot) => {
        telemetry.released(slot);
      },
      placeOf: (buffer) => guests.foreign.get(buffer) ?? admit(buffer, set, scanout, guests),
      report,
    });
    this.#subscribe(flips$, (loop) => ({ loop, scanout, guests }));
  }

  #startDirty({ native, display }: Claim, set: BufferSet, scanout: KernelScanout): void {
    const { options, draw } = this.context;
    const [buffer] = set.buffers;
    if (buffer === undefined) return;
    const flips$ = dirtyLoop({
      buffer,
      firstFrame: this.#nextFrame,
      periodMs: periodOf(set),
      clock: monotonicClock,
      draw,
      onDrawError: options.onDrawError,
      report: this.context.report,
      surface: {
        show: () => {
          scanout.show(0);
        },
        flush: () => native.dirtyFramebuffer(display.node.fd, buffer.framebuffer),
        flushPending: () => scanout.pendingFences(0, -1).length > 0,
        closeFence: (fd) => {
          scanout.closeFence(fd);
        },
      },
      onFrame: (next) => (this.#nextFrame = next),
    });
    this.#subscribe(flips$, (loop) => ({ loop, scanout, guests: undefined }));
  }

  /** The loop may end before `subscribe` returns: what runs is known before it starts. */
  #subscribe(flips$: Observable<Flip>, running: (loop: Subscription) => Running): void {
    const { telemetry, subscriber, onError } = this.context;
    const loop = new Subscription();
    const started = running(loop);
    this.#running = started;
    loop.add(
      flips$.subscribe({
        next: (flip) => {
          telemetry.flipped(flip);
          subscriber.next(flip);
        },
        error: (error: unknown) => {
          if (this.#running === started) onError(error);
        },
      }),
    );
  }
}

const settled = Promise.resolve();

/** As a promise job: the addon lets them run when it has told all heads their events. */
function afterThisTurn(callback: () => void): void {
  void settled.then(callback);
}

function periodOf({ mode }: BufferSet): number {
  return 1000 / mode.refreshHz;
}

/** Throws nothing: a lost device has nothing to be given back. */
function restore(claim: Claim | undefined): void {
  try {
    claim?.modeset.restore();
  } catch {
    // see above
  }
}

/** The first time that a buffer of the caller's is shown in this set. */
function admit(buffer: ClientBuffer, set: BufferSet, scanout: KernelScanout, { chain, foreign }: Guests): number {
  if (!(buffer instanceof ClientBuffer)) throw new GuestheadError('ERR_USAGE', 'This is no imported buffer');
  if (buffer.closed) throw new GuestheadError('ERR_CLOSED', 'The imported buffer is closed');
  const { width, height } = buffer.layout;
  const { mode } = set;
  if (width < mode.width || height < mode.height)
    throw new GuestheadError('ERR_UNSUPPORTED', `A buffer of ${width}x${height} does not fill the mode`, {
      advice: `the display does not scale: bring ${mode.width}x${mode.height} or more`,
    });
  const slot = chain.admit(() => {
    dismiss(buffer, scanout, { chain, foreign });
  });
  scanout.attach(slot, buffer);
  foreign.set(buffer, slot);
  buffer.hold();
  return slot;
}

/** The host has let go; the next time it is shown it is admitted anew. */
function dismiss(buffer: ClientBuffer, scanout: KernelScanout, { chain, foreign }: Guests): void {
  const slot = foreign.get(buffer);
  if (slot === undefined) return;
  foreign.delete(buffer);
  chain.dismiss(slot);
  scanout.detach(slot);
  buffer.release();
}
