/** A head: the render GPU's buffers on one connector of the display. The library's main object. */
import { Observable, Subject, type Subscription } from 'rxjs';
import {
  allFree,
  type ClientBuffer,
  type DmabufDescription,
  type PathName,
  type StateCounts,
} from '../buffer/index.js';
import { coded, GuestheadError, saysLost } from '../errors.js';
import type { GpuPair } from '../gpus/index.js';
import { parseMode, type Cursor } from '../kms/index.js';
import { monotonicClock, type Draw, type Flip, type Frame, type Pacing, type PresentOptions } from '../loop/index.js';
import { checkFlips } from './check-flips.js';
import type { BufferSet } from './buffer-set.js';
import type { Claim } from './claim.js';
import { assertShowable } from './client-slots.js';
import { HeadController } from './controller.js';
import { HeadCursor } from './head-cursor.js';
import { infoOf, type HeadInfo } from './head-info.js';
import type { HeadRun, RunContext } from './head-run.js';
import type { HeadState } from './head-state.js';
import type { CheckedHeadOptions } from './options.js';
import { RunHolder } from './run-holder.js';
import type { HeadStats } from './statistics.js';
import { HeadTelemetry, type HeadName } from './telemetry.js';

export class Head {
  readonly #telemetry: HeadTelemetry;
  readonly #changes: Subscription;
  readonly #runs: RunHolder;
  readonly #turn$ = new Subject<void>();
  readonly #cursor: HeadCursor;
  readonly #controller: HeadController;

  /** Use `openHead`. @internal */
  constructor(
    private readonly pair: GpuPair,
    private readonly ownsPair: boolean,
    private readonly options: CheckedHeadOptions,
    claim: Claim,
    set: BufferSet,
  ) {
    this.#telemetry = new HeadTelemetry(
      monotonicClock,
      () => this.#name(),
      () => this.bytesCopied(),
    );
    const report = this.#report;
    const runs = new RunHolder(report);
    this.#runs = runs;
    const cursor = new HeadCursor(
      () => this.#controller.state.has('waiting for master') || (runs.run?.flipPending ?? false),
      report,
    );
    this.#cursor = cursor;
    this.#controller = new HeadController({ pair, options, runs, cursor, report }, claim, set);
    this.#changes = pair.changes$.subscribe({
      next: (change) => {
        this.#controller.onChange(change);
      },
      complete: () => {
        this.#closeNow();
      },
    });
  }

  /** Unique in the process; the messages on `headChannels` carry it. */
  get id(): number {
    return this.#telemetry.id;
  }

  /** As it is now: mode and path change with the host. */
  get info(): HeadInfo {
    return infoOf(this.#controller.claim, this.#controller.sets.current, this.options);
  }

  /** @internal That of `info`, which is too much to be made for each frame. */
  get path(): PathName {
    return this.#controller.sets.current.path;
  }

  /**
   * How long the host took to finish a frame, ms from the commit to the flush
   * fence's signal; measured on every 31st frame while subscribed, and on every 257th after 16 of them.
   */
  get flushFence$(): Observable<number> {
    return this.#telemetry.flushFence$;
  }

  /** What went wrong without ending the flips, each once: ERR_FLIP_TIMEOUT, ERR_NOT_MASTER, ERR_DEVICE_LOST, … */
  get faults$(): Observable<GuestheadError> {
    return this.#telemetry.faults$;
  }

  /** Who sets the pace of the flips, and what to do about it. */
  get pacing(): Pacing {
    return this.#runs.run?.pacing() ?? { kind: 'unknown', advice: 'nothing flips' };
  }

  /**
   * The figures of the flips since the stream began or `resetStats` was called; see also
   * `headChannels` for each flip's own.
   */
  stats(): HeadStats {
    return this.#telemetry.statistics.stats();
  }

  /** Counts anew from the last flip on: for what shall leave a warm-up out. */
  resetStats(): void {
    this.#telemetry.statistics.reset();
  }

  /** The backbuffers by state. */
  states(): StateCounts {
    return this.#runs.run?.counts() ?? allFree(this.#controller.sets.current.buffers.length);
  }

  /** Bytes copied so far to bring what was drawn to the display; 0 on every path but `copy`. */
  bytesCopied(): number {
    return this.#controller.sets.bytesCopied;
  }

  /**
   * A cold stream of page flips. Subscribing sets the mode and starts the loop,
   * which calls `draw` for each frame; unsubscribing stops it and gives the
   * CRTC back what it showed. One subscription at a time. Errors with
   * ERR_DRAW, ERR_COMMIT, or ERR_DEVICE_LOST where the display does not reopen.
   * With `when$` a frame is drawn only after it has emitted, and the last one stays on the
   * screen meanwhile: for a picture that changes now and then. The flips complete with it, after the last frame.
   */
  flips(draw: Draw, options: { readonly when$?: Observable<unknown> | undefined } = {}): Observable<Flip> {
    checkFlips(draw, options);
    const { when$ } = options;
    return new Observable((subscriber) => {
      this.#throwIfClosed();
      this.#controller.assertComing();
      this.#runs.open(this.#contextOf({ kind: 'draw', draw, when$, subscriber }), () => {
        this.#controller.sets.settled();
      });
      this.#telemetry.statistics.begin();
      this.#start();
    });
  }

  /**
   * A backbuffer to draw the next frame into, for a program with frames of its own time; or undefined while all are
   * locked, or nothing can be shown: `waiting()` says what for. It ends with `present` or `cancel`. Nothing
   * on the screen changes before the first `present`. Throws ERR_USAGE beside `flips()`.
   */
  acquire(): Frame | undefined {
    return this.#program().frames.acquire();
  }

  /**
   * Shows an acquired frame, or a client's buffer, which takes no backbuffer with it: at the next flip, in place of
   * one that still waits for that. Each present ends once, as shown or as discarded (`onOutcome`).
   * The fence is the head's from now on. Throws ERR_USAGE, ERR_CLOSED, or why a client's buffer
   * cannot be shown (see `canShow`); it is not presented then, and the fence stays the caller's.
   */
  present(what: Frame | ClientBuffer, options: PresentOptions = {}): void {
    this.#program().frames.present(what, options);
  }

  /** Gives an acquired frame back that is not to be shown. Does nothing where it has been presented or cancelled. */
  cancel(frame: Frame): void {
    this.#runs.run?.frames.cancel(frame);
  }

  /** What each buffer that is not free waits for, for people. */
  waiting(): string[] {
    return this.#program().frames.waiting();
  }

  /**
   * Emits when the next present would be committed at once: after each flip that has no successor yet, and where nothing
   * is under way when it is subscribed to. For `acquire` and `present`; completes with the head. Errors with why nothing can be
   * presented, ERR_USAGE beside `flips()` say; but a device that is gone, which `state$` tells, has no turns and is no error.
   */
  get turn$(): Observable<void> {
    return new Observable<void>((subscriber) => {
      const subscription = this.#turn$.subscribe(subscriber);
      queueMicrotask(() => {
        if (subscription.closed || this.#controller.closed) return; // it completes with the head
        try {
          if (this.#program().frames.idle) subscriber.next();
        } catch (error) {
          if (!this.#controller.state.has('lost')) subscriber.error(error);
        }
      });
      return subscription;
    });
  }

  /** Whether what is presented is shown, in which mode, or why not: the state now, and each one after it. */
  get state$(): Observable<HeadState> {
    return this.#controller.state.state$;
  }

  /** Whether a client's buffer can be shown as the head is now, and if not, why. */
  canShow(buffer: ClientBuffer): { readonly can: true } | { readonly can: false; readonly why: GuestheadError } {
    try {
      this.#throwIfClosed();
      assertShowable(buffer, this.#controller.sets.current.mode);
      return { can: true };
    } catch (why) {
      if (why instanceof GuestheadError) return { can: false, why };
      throw why;
    }
  }

  /**
   * Changes the mode, `1920x1080` or `1920x1080@60`, or to the connector's preferred one; also turns the head on again
   * after `off`. Frames acquired before are discarded as `resized`. Resolves when the next present will
   * show it. Rejects with ERR_NO_MODE, or why there are no buffers for it; the mode before stays then.
   */
  async setMode(mode?: string): Promise<void> {
    this.#throwIfClosed();
    await this.#controller.setMode(mode === undefined ? undefined : parseMode(mode));
  }

  /**
   * Turns the CRTC off until `setMode`; what is presented meanwhile is discarded. Resolves when it is off; where the
   * display is lost or paused, it is turned off when it is had again. Rejects with ERR_COMMIT, and shows on.
   */
  async off(): Promise<void> {
    this.#throwIfClosed();
    await this.#controller.off();
  }

  /**
   * Imports a dma-buf that a client brings, to be shown by `present`, or by a `draw` that returns
   * `{ buffer }`. A dma-buf is imported once, however often and by whichever descriptor it comes; each import has a
   * handle of its own, which `close()` ends. The buffers of a display that was lost are lost with it: their handles
   * are `closed`, and the dma-buf can be imported again. Throws ERR_USAGE, ERR_UNSUPPORTED or
   * ERR_IMPORT_REFUSED.
   */
  importDmabuf(description: DmabufDescription): ClientBuffer {
    this.#throwIfClosed();
    this.pair.assertOpen();
    try {
      return this.pair.clientBuffers.import(description);
    } catch (error) {
      if (saysLost(error) && this.pair.loseWhatIsGone(error)) this.pair.assertOpen();
      throw error;
    }
  }

  /**
   * Tries the better buffer paths again that `auto` had to pass over, without a black
   * frame; resolves with the path that is then in use. Does nothing where a path was named.
   */
  upgrade(): Promise<PathName> {
    this.#throwIfClosed();
    return this.#controller.upgrade().then(() => this.info.path);
  }

  /**
   * The hardware cursor of this head: moved and changed without a flip of its own. Closed
   * with the head, and lost with the display. Throws ERR_UNSUPPORTED where there is none.
   */
  cursor(): Cursor {
    this.#throwIfClosed();
    return this.#cursor.open(this.pair.gpus, this.#controller.claim.pipe.crtc);
  }

  /** Completes the stream, gives the screen back, closes every buffer, and its own pair of GPUs. Idempotent. */
  async close(): Promise<void> {
    this.#runs.complete();
    await this.#controller.end();
    this.#closeNow();
    if (this.ownsPair) this.pair.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #closeNow(): void {
    void this.#controller.end(); // from here on it is closed for its callers
    if (this.#changes.closed) return;
    this.#changes.unsubscribe();
    this.#cursor.close();
    this.#runs.complete();
    this.#turn$.complete();
    this.#telemetry.close();
    this.#controller.close();
  }

  /** The program's own presents, begun where they have not been. */
  #program(): HeadRun {
    this.#throwIfClosed();
    const { run } = this.#runs;
    if (run?.direct === true) return run;
    this.#controller.assertComing();
    const opened = this.#runs.open(this.#contextOf({ kind: 'program', onTurn: () => this.#turn$.next() }));
    this.#telemetry.statistics.begin();
    try {
      this.#begin();
    } catch (error) {
      this.#runs.complete();
      throw error;
    }
    return opened;
  }

  #start(): void {
    try {
      this.#begin();
    } catch (error) {
      this.#runs.fail(error);
    }
  }

  /** A device that has gone unnoticed is lost by now, and waited for where it reopens. Throws why nothing can be shown. */
  #begin(): void {
    try {
      this.#controller.start();
    } catch (error) {
      if (!this.pair.loseWhatIsGone(error)) throw coded(error);
      this.#controller.assertComing();
    }
  }

  #contextOf(source: RunContext['source']): RunContext {
    return {
      options: this.options,
      source,
      telemetry: this.#telemetry,
      report: this.#report,
      gone: () => this.pair.isGone('display'),
      onError: (error) => this.#controller.faults.ofLoop(error),
      onShown: () => this.#controller.sets.settled(),
      onMaster: (isOurs) => this.#controller.onMaster(isOurs),
      onFlip: () => this.#cursor.apply(),
    };
  }

  #name(): Omit<HeadName, 'id'> {
    const { display, pipe } = this.#controller.claim;
    return { node: display.node.path, connector: pipe.connector.name };
  }

  readonly #report = (fault: GuestheadError): void => {
    this.#telemetry.fault(fault);
  };

  #throwIfClosed(): void {
    if (this.#controller.closed) throw new GuestheadError('ERR_CLOSED', 'The head is closed');
  }
}
