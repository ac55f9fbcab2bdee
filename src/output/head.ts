/** A head: the render GPU's buffers on one connector of the display. The library's main object. */
import { Observable, Subject, timer, type Subscription } from 'rxjs';
import {
  allFree,
  rungsOf,
  type DmabufDescription,
  type ForeignBuffer,
  type PathName,
  type StateCounts,
} from '../buffer/index.js';
import { classifyErrno, coded, errnoOf, GuestheadError } from '../errors.js';
import type { Mode } from '../ffi/index.js';
import type { Cursor } from './cursor.js';
import { ConnectorWatch, type ConnectorAction } from './connector-watch.js';
import type { Display, DisplayChange } from './display.js';
import { FlipRun } from './flip-run.js';
import type { Draw } from './frame.js';
import { HeadCursor } from './head-cursor.js';
import { infoOf, type HeadInfo } from './head-info.js';
import { modeAgain } from './mode.js';
import type { CheckedHeadOptions } from './options.js';
import type { Pacing } from './pacing.js';
import { reopenPlace, type ClaimedPlace } from './place.js';
import type { Flip } from './scanout.js';
import { openSession, type Session } from './session.js';
import { Sessions } from './sessions.js';

/** For a kernel that is in between two of the host's changes. */
const settleMs = 500;

export class Head {
  readonly #flushFence$ = new Subject<number>();
  readonly #faults$ = new Subject<GuestheadError>();
  readonly #changes: Subscription;
  /** Changes of place or session, one after the other. */
  #changing: Promise<void> = Promise.resolve();
  readonly #sessions: Sessions;
  #run: FlipRun | undefined;
  #complete: (() => void) | undefined;
  readonly #cursor: HeadCursor;
  #fail: ((error: unknown) => void) | undefined;
  readonly #connector: ConnectorWatch;
  #lost = false;
  #closed = false;

  /** Use `openHead`. */
  constructor(
    readonly display: Display,
    private readonly ownsDisplay: boolean,
    private readonly options: CheckedHeadOptions,
    private place: ClaimedPlace,
    session: Session,
  ) {
    this.#sessions = new Sessions(session, {
      start: () => this.#startRun(),
      open: (mode, paths, refused) => openSession(this.place, mode, paths, options, refused),
      wanted: options.path,
      report: this.#report,
    });
    this.#connector = new ConnectorWatch(place.pipeline.connector.id);
    this.#cursor = new HeadCursor(() => this.#run?.flipPending ?? false, this.#report);
    this.#changes = display.changes$.subscribe({
      next: (change) => {
        this.#onChange(change);
      },
      complete: () => {
        this.#closeNow();
      },
    });
  }

  /** As it is now: mode and path change with the host. */
  get info(): HeadInfo {
    return infoOf(this.place, this.#sessions.current, this.options);
  }

  /**
   * How long the host took to finish a frame, ms from the commit to the flush
   * fence's signal; measured on every 33rd frame while subscribed.
   */
  readonly flushFence$ = this.#flushFence$.asObservable();

  /** What went wrong without ending the flips, each once: ERR_FLIP_TIMEOUT, ERR_NOT_MASTER, ERR_DEVICE_LOST, … */
  readonly faults$ = this.#faults$.asObservable();

  /** Who sets the pace of the flips, and what to do about it. */
  get pacing(): Pacing {
    return this.#run?.pacing() ?? { kind: 'unknown', advice: 'nothing flips' };
  }

  /** The backbuffers by state. */
  states(): StateCounts {
    return this.#run?.counts() ?? allFree(this.#sessions.current.buffers.length);
  }

  /** Bytes copied so far to bring what was drawn to the display; 0 on every path but `copy`. */
  bytesCopied(): number {
    return this.#sessions.bytesCopied;
  }

  /**
   * A cold stream of page flips. Subscribing sets the mode and starts the loop,
   * which calls `draw` for each frame; unsubscribing stops it and gives the
   * CRTC back what it showed. One subscription at a time. Errors with
   * ERR_DRAW, ERR_COMMIT, or ERR_DEVICE_LOST where the display does not reopen.
   * With `when$` a frame is drawn only after it has emitted, and the last one stays on the
   * screen meanwhile: for a picture that changes now and then.
   */
  flips(draw: Draw, { when$ }: { readonly when$?: Observable<unknown> | undefined } = {}): Observable<Flip> {
    return new Observable((subscriber) => {
      if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The head is closed');
      if (this.#run !== undefined) throw new GuestheadError('ERR_USAGE', 'The head is already flipping');
      if (this.#lost && !this.display.reopens) this.display.assertOpen();
      const run = new FlipRun({
        options: this.options,
        draw,
        when$,
        subscriber,
        flushFence$: this.#flushFence$,
        report: this.#report,
        onError: (error) => {
          this.#onLoopError(error);
        },
        onShown: () => {
          this.#sessions.settled();
        },
        onFlip: () => {
          this.#cursor.apply();
        },
        onExit: () => {
          this.#cursor.close();
        },
      });
      this.#run = run;
      this.#complete = () => {
        subscriber.complete();
      };
      this.#fail = (error) => {
        subscriber.error(coded(error));
      };
      subscriber.add(() => {
        this.#run = undefined;
        run.stop();
        this.#sessions.settled();
      });
      try {
        this.#startRun();
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  /**
   * Imports a dma-buf that the caller brings, to be shown by a `draw` that returns
   * `{ buffer }`: locked and released like a backbuffer. A dma-buf is imported once, however
   * often and by whichever descriptor it comes; end each import with `close()`. The
   * buffers of a display that was lost are lost with it. Throws ERR_UNSUPPORTED or
   * ERR_IMPORT_REFUSED.
   */
  importDmabuf(description: DmabufDescription): ForeignBuffer {
    this.#throwIfClosed();
    this.display.assertOpen();
    return this.display.foreign.import(description);
  }

  /**
   * Tries the better buffer paths again that `auto` had to pass over, without a black
   * frame; resolves with the path that is then in use. Does nothing where a path was named.
   */
  upgrade(): Promise<PathName> {
    this.#throwIfClosed();
    return this.#change(async () => {
      if (!this.#lost) await this.#sessions.upgrade();
    }).then(() => this.info.path);
  }

  /**
   * The hardware cursor of this head: moved and changed without a flip of its own. Closed
   * with the head, and lost with the display. Throws ERR_UNSUPPORTED where there is none.
   */
  cursor(): Cursor {
    this.#throwIfClosed();
    return this.#cursor.open(this.display.devices, this.place.pipeline.crtc);
  }

  /** Completes the stream, gives the screen back, closes every buffer, and its own display. Idempotent. */
  async close(): Promise<void> {
    this.#complete?.();
    this.#closed = true;
    await this.#changing;
    this.#closeNow();
    if (this.ownsDisplay) this.display.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #closeNow(): void {
    this.#closed = true;
    if (this.#changes.closed) return;
    this.#changes.unsubscribe();
    this.#cursor.close();
    this.#complete?.();
    this.#flushFence$.complete();
    this.#faults$.complete();
    this.#sessions.close();
    this.place.release();
  }

  readonly #report = (fault: GuestheadError): void => {
    this.#faults$.next(fault);
  };

  #onChange(change: DisplayChange): void {
    if (change.kind === 'fault') this.#onFault(change.fault);
    else if (change.kind === 'lost') this.#onLost(change.fault);
    else if (change.kind === 'back') void this.#change(() => this.#comeBack());
    else void this.#change(() => this.#onHotplug());
  }

  /** A buffer that the host refuses is seen by nobody else: the kernel goes on as if it were shown. */
  #onFault(fault: GuestheadError): void {
    this.#report(fault);
    const refused = this.#sessions.current;
    if (fault.code !== 'ERR_HOST_REFUSED' || !this.#sessions.canStepDown()) return;
    void this.#change(async () => {
      if (this.#sessions.current === refused) await this.#sessions.stepDown(fault); // one step for a burst of refusals
    });
  }

  /** Runs after the changes before it; one that fails ends the stream. */
  #change(act: () => Promise<void> | void): Promise<void> {
    this.#changing = this.#changing.then(async () => {
      if (this.#closed) return;
      try {
        await act();
      } catch (error) {
        if (!this.#lost) this.#fail?.(error);
      }
    });
    return this.#changing;
  }

  #onLoopError(error: unknown): void {
    const errno = errnoOf(error);
    const kind = errno === undefined ? 'fatal' : classifyErrno(errno);
    const known = error instanceof GuestheadError ? error : undefined;
    if (known?.code === 'ERR_DEVICE_LOST' || kind === 'lost') this.display.lose('display', error);
    if (this.#lost || this.#sessions.failed(error)) return; // whoever replaced the session decides
    if (known !== undefined && kind === 'step-down') void this.#change(() => this.#sessions.stepDown(known));
    else this.#fail?.(error);
  }

  /** Flips on the current session, or does so once there is a connector and a device again. */
  #startRun(): boolean {
    if (this.#run === undefined || this.#lost || this.#connector.unplugged) return false;
    this.#run.start(this.place, this.#sessions.current);
    return true;
  }

  #onLost(fault: GuestheadError): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#run?.pause();
    this.#cursor.close();
    if (this.display.reopens) this.#report(fault);
    else this.#fail?.(fault);
    this.#sessions.close();
  }

  /** A head that cannot come back stays lost. */
  async #comeBack(): Promise<void> {
    try {
      this.#lost = false;
      await this.#reopen();
    } catch (error) {
      const again = this.#lost; // gone once more meanwhile
      this.#lost = true;
      if (!again) this.#fail?.(error);
    }
  }

  /** The same connector of the device that came back; one that the host closed meanwhile is waited for. */
  async #reopen(): Promise<void> {
    this.place = reopenPlace(this.display, this.place);
    const { connector } = this.place.pipeline;
    const { mode: wanted, onResize, path } = this.options;
    await this.#act(this.#connector.cameBack(connector, onResize));
    const mode = modeAgain(connector, wanted, this.#sessions.current.mode, onResize === 'keep');
    this.#sessions.adopt(await openSession(this.place, mode, rungsOf(path), this.options));
    this.#startRun();
  }

  async #onHotplug(): Promise<void> {
    if (this.#lost) return;
    const { node } = this.display.devices.shows;
    await this.#act(this.#connector.look(node, this.options.onResize, this.#sessions.current.mode));
  }

  async #act({ action, mode, fault, unsettled }: ConnectorAction): Promise<void> {
    if (fault !== undefined) this.#report(fault);
    if (unsettled === true) this.#changes.add(timer(settleMs).subscribe(this.#lookAgain));
    if (action === 'stop') this.#complete?.();
    if (action === 'blank') this.#run?.blank();
    if (action === 'show' && mode !== undefined) await this.#follow(mode);
  }

  readonly #lookAgain = (): void => {
    this.#onChange({ kind: 'hotplug' });
  };

  /** Where the new size cannot be had, the old one stays. */
  async #follow(mode: Mode): Promise<void> {
    if (!mode.raw.equals(this.#sessions.current.mode.raw)) await this.#sessions.resize(mode);
    else if (this.#run?.running === false) this.#startRun();
  }

  #throwIfClosed(): void {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The head is closed');
  }
}
