/**
 * What a head shows, from the first present, or the subscription to its flips, to its end: one set of
 * buffers after the other. What is on the screen, or still read, outlives the change from one to the next.
 */
import { Subscription, type Observable, type Subscriber } from 'rxjs';
import type { ScanoutBuffer, StateCounts } from '../buffer/index.js';
import type { GuestheadError } from '../errors.js';
import {
  afterThisTurn,
  flipLoop,
  monotonicClock,
  Outbox,
  PaceObserver,
  type DiscardReason,
  type Draw,
  type Flip,
  type Pacing,
  type PresenterParts,
} from '../loop/index.js';
import { closeQuietly } from '../owner.js';
import type { BufferSet } from './buffer-set.js';
import type { Claim } from './claim.js';
import { DirectPresenter } from './direct-presenter.js';
import { dirtyFlips } from './dirty-flips.js';
import { OnScreen } from './on-screen.js';
import type { CheckedHeadOptions } from './options.js';
import { ProgramFrames } from './program-frames.js';
import type { HeadTelemetry } from './telemetry.js';

/** A `draw` that is asked for each frame. */
interface DrawSource {
  readonly kind: 'draw';
  readonly draw: Draw;
  readonly when$: Observable<unknown> | undefined;
  readonly subscriber: Subscriber<Flip>;
}

/** A program with frames of its own time. */
interface ProgramSource {
  readonly kind: 'program';
  readonly onTurn: () => void;
}

export interface RunContext {
  readonly options: CheckedHeadOptions;
  readonly source: DrawSource | ProgramSource;
  readonly telemetry: HeadTelemetry;
  readonly report: (fault: GuestheadError) => void;
  /** Whether the display really is gone. */
  readonly gone: () => boolean;
  /** The loop ended; the head decides what follows. */
  readonly onError: (error: unknown) => void;
  /** The set's first frame is on the screen: what was shown before may go. */
  readonly onShown: () => void;
  /** DRM master was lost, or is ours again. */
  readonly onMaster: (isOurs: boolean) => void;
  /** At each flip event, before the next commit. */
  readonly onFlip: () => void;
}

export class HeadRun {
  #screen: OnScreen | undefined;
  /** Frames on one set. */
  #loop: Subscription | undefined;
  readonly #outbox: Outbox;
  /** What a program presents by itself. */
  readonly frames: ProgramFrames;
  #nextFrame = 0;
  #claim: Claim | undefined;
  #pace: PaceObserver | undefined;

  constructor(private readonly context: RunContext) {
    this.#outbox = new Outbox(afterThisTurn, context.report);
    this.frames = new ProgramFrames(this.#outbox);
  }

  /** Shows this set from now on; what the one before has on the screen stays there until the first frame of this one. */
  start(claim: Claim, set: BufferSet): void {
    this.#stopLoop('resized');
    if (this.#screen?.claim !== claim) this.#endScreen('lost');
    this.#claim = claim;
    this.#screen ??= this.#open(claim);
    this.#screen.use(set);
    const pace = new PaceObserver(periodOf(set));
    this.#pace = pace;
    const parts = this.#partsOf(this.#screen, set, pace);
    const { source, options } = this.context;
    if (source.kind === 'program') this.#startProgram(parts, source);
    else if (options.update === 'dirtyfb') this.#startDirty(this.#screen, set, source);
    else this.#startFlips(this.#screen, parts, source);
  }

  /** Nothing is presented until the next start; the last frame stays on the screen, and its buffers with it. */
  pause(reason: DiscardReason): void {
    this.#stopLoop(reason);
    this.#endScreen(reason);
  }

  /** The host closed the head, or the program turned it off: it shows nothing until the next start. What `act` throws comes through. */
  blank(reason: 'unplugged' | 'off', act: () => void): void {
    this.#stopLoop(reason);
    this.#screen?.stop(reason);
    try {
      act();
    } finally {
      this.#endScreen(reason);
    }
  }

  /** Gives the screen back. Idempotent. */
  stop(): void {
    this.#stopLoop('closed');
    this.#screen?.stop('closed');
    this.#quietly(({ modeset }) => modeset.restore());
    this.#endScreen('closed');
    this.#claim = undefined;
  }

  /** It is replaced: its buffers go as soon as neither display nor host reads them. */
  retire(set: BufferSet): void {
    if (this.#screen === undefined) closeQuietly(set.owner);
    else this.#screen.retire(set);
  }

  get running(): boolean {
    return this.#loop !== undefined;
  }

  /** Whether the program decides when there is a frame. */
  get direct(): boolean {
    return this.context.source.kind === 'program';
  }

  get flipPending(): boolean {
    return this.#screen?.scanout.flipPending ?? false;
  }

  counts(): StateCounts | undefined {
    return this.#screen?.chain.counts();
  }

  pacing(): Pacing | undefined {
    return this.#pace?.pacing();
  }

  /** A client's buffer is what the host or the kernel has refused: whether there is one that it can have been. */
  blameClient(fault: GuestheadError): boolean {
    const suspect = this.#screen?.suspect();
    suspect?.refuse(fault);
    return suspect !== undefined;
  }

  #open(claim: Claim): OnScreen {
    const { telemetry, onFlip, gone, report } = this.context;
    return new OnScreen(
      { claim, flushFences: telemetry, onFlip, onForbidden: report, gone },
      this.#outbox,
      this.#nextFrame,
      report,
    );
  }

  #partsOf(screen: OnScreen, set: BufferSet, pace: PaceObserver): PresenterParts<ScanoutBuffer> {
    const { options, telemetry, report } = this.context;
    return {
      swapchain: screen.chain,
      ahead: screen.ahead,
      scanout: screen.scanout,
      clock: monotonicClock,
      options: { periodMs: periodOf(set), flipTimeoutMs: options.flipTimeoutMs },
      defer: afterThisTurn,
      pace,
      onReleased: (slot) => telemetry.released(slot),
      onRefused: (slot) => screen.refused(slot),
      slotOf: (buffer) => screen.slotOf(buffer, set),
      report,
    };
  }

  #startFlips(
    { claim }: OnScreen,
    parts: PresenterParts<ScanoutBuffer>,
    { draw, when$, subscriber }: DrawSource,
  ): void {
    const { options, onShown, onMaster } = this.context;
    const loopOptions = { ...options, ...parts.options };
    const gpuIdleMs = () => claim.render.gl?.idleMs ?? Infinity;
    const hooks = { gpuIdleMs, onModeShown: onShown, onMaster };
    const flips$ = flipLoop({ ...parts, draw, when$, options: loopOptions, ...hooks });
    this.#subscribe(flips$, subscriber);
  }

  #startDirty({ claim, scanout }: OnScreen, set: BufferSet, { draw, subscriber }: DrawSource): void {
    const [buffer] = set.buffers;
    if (buffer === undefined) return;
    const { options, report, onShown, onMaster } = this.context;
    const flips$ = dirtyFlips({
      ...{ buffer, scanout, draw, report, onShown, onMaster },
      flush: () => claim.native.dirtyFramebuffer(claim.display.node.fd, buffer.framebuffer),
      firstFrame: this.#nextFrame,
      onFrame: (next) => (this.#nextFrame = next),
      periodMs: periodOf(set),
      onDrawError: options.onDrawError,
      flipTimeoutMs: options.flipTimeoutMs,
    });
    this.#subscribe(flips$, subscriber);
  }

  #startProgram(parts: PresenterParts<ScanoutBuffer>, { onTurn }: ProgramSource): void {
    const { telemetry, onShown, onMaster, onError } = this.context;
    const loop = new Subscription();
    const direct = new DirectPresenter(parts, {
      told: (flip) => telemetry.flipped(flip),
      turn: onTurn,
      modeShown: onShown,
      master: onMaster,
      failed: (error) => {
        if (this.#loop === loop) onError(error);
      },
    });
    loop.add(() => direct.stop());
    this.#loop = loop;
    this.frames.use(direct, parts.swapchain);
    direct.start();
  }

  /** The loop may end before `subscribe` returns: what runs is known before it starts. */
  #subscribe(flips$: Observable<Flip>, subscriber: Subscriber<Flip>): void {
    const { telemetry, onError } = this.context;
    const loop = new Subscription();
    this.#loop = loop;
    loop.add(
      flips$.subscribe({
        next: (flip) => {
          telemetry.flipped(flip);
          subscriber.next(flip);
        },
        error: (error: unknown) => {
          if (this.#loop === loop) onError(error);
        },
        complete: () => {
          if (this.#loop === loop) subscriber.complete();
        },
      }),
    );
  }

  #stopLoop(reason: DiscardReason): void {
    const loop = this.#loop;
    this.frames.stop(reason);
    this.#loop = undefined;
    this.#screen?.ahead.cancel(reason);
    loop?.unsubscribe();
  }

  #endScreen(reason: DiscardReason): void {
    const screen = this.#screen;
    this.#screen = undefined;
    if (screen === undefined) return;
    this.#nextFrame = Math.max(this.#nextFrame, screen.end(reason));
  }

  /** Throws nothing: a lost device has nothing to be given back. */
  #quietly(act: (claim: Claim) => void): void {
    try {
      if (this.#claim !== undefined) act(this.#claim);
    } catch {
      // see above
    }
  }
}

function periodOf({ mode }: BufferSet): number {
  return 1000 / mode.refreshHz;
}
