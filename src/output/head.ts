/** A head: the render GPU's buffers on one connector of the display. The library's main object. */
import { Observable, Subject, type Subscription } from 'rxjs';
import {
  refusalOf,
  rungsAbove,
  rungsBelow,
  rungsOf,
  type DmabufDescription,
  type ForeignBuffer,
  type PathName,
  type Refusal,
  type StateCounts,
} from '../buffer/index.js';
import { classifyErrno, errnoOf, GuestheadError } from '../errors.js';
import { getConnector, type Mode } from '../ffi/index.js';
import { Cursor } from './cursor.js';
import { Display, type DisplayChange } from './display.js';
import { FlipRun } from './flip-run.js';
import type { Draw } from './frame.js';
import { infoOf, type HeadInfo } from './head-info.js';
import { chooseMode } from './mode.js';
import { parseHeadOptions, type CheckedHeadOptions, type DisplayOptions, type HeadOptions } from './options.js';
import type { Pacing } from './pacing.js';
import { openPlace, type ClaimedPlace } from './place.js';
import type { Flip } from './scanout.js';
import { openSession, type Session } from './session.js';
import { Sessions } from './sessions.js';

export interface OpenHeadOptions extends HeadOptions, DisplayOptions {
  /** An open display, which stays the caller's. Without it the head opens one by the options above and closes it with itself. */
  readonly on?: Display | undefined;
}

/**
 * Opens the devices, allocates the backbuffers and brings them to the
 * display. Nothing on the screen changes before `flips()` is subscribed to.
 * On failure a GuestheadError says why, and nothing stays open.
 */
export async function openHead(options: OpenHeadOptions = {}): Promise<Head> {
  const checked = parseHeadOptions(options);
  const display = options.on ?? (await Display.open(options));
  const place = claim(display, checked, options.on === undefined);
  try {
    const mode = chooseMode(place.pipeline.connector, checked.mode);
    const session = await openSession(place, mode, rungsOf(checked.path), checked);
    return new Head(display, options.on === undefined, checked, place, session);
  } catch (error) {
    place.release();
    if (options.on === undefined) display.close();
    throw error;
  }
}

function claim(display: Display, options: CheckedHeadOptions, owned: boolean): ClaimedPlace {
  try {
    return openPlace(display, options.connector);
  } catch (error) {
    if (owned) display.close();
    throw error;
  }
}

export class Head {
  readonly #flushFence$ = new Subject<number>();
  readonly #faults$ = new Subject<GuestheadError>();
  readonly #changes: Subscription;
  /** Changes of place or session, one after the other. */
  #changing: Promise<void> = Promise.resolve();
  readonly #sessions: Sessions;
  #run: FlipRun | undefined;
  #complete: (() => void) | undefined;
  #cursor: Cursor | undefined;
  #fail: ((error: unknown) => void) | undefined;
  //CUR   #cursor: Cursor | undefined;
  #unplugged = false;
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
    this.#sessions = new Sessions(session, () => this.#startRun());
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
   * fence's signal; measured on every 32nd frame while subscribed.
   */
  get flushFence$(): Observable<number> {
    return this.#flushFence$.asObservable();
  }

  /** What went wrong without ending the flips, each once: ERR_FLIP_TIMEOUT, ERR_NOT_MASTER, ERR_DEVICE_LOST, … */
  get faults$(): Observable<GuestheadError> {
    return this.#faults$.asObservable();
  }

  /** Who sets the pace of the flips, and what to do about it. */
  get pacing(): Pacing {
    return this.#run?.pacing() ?? { kind: 'unknown', advice: 'nothing flips' };
  }

  /** The backbuffers by state. */
  states(): StateCounts {
    const idle = { free: this.#sessions.current.buffers.length, drawing: 0, queued: 0, current: 0, draining: 0, lost: 0 };
    return this.#run?.counts() ?? idle;
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
   */
  flips(draw: Draw): Observable<Flip> {
    return new Observable((subscriber) => {
      if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The head is closed');
      if (this.#run !== undefined) throw new GuestheadError('ERR_USAGE', 'The head is already flipping');
      if (this.#lost && !this.display.reopens) void this.display.devices; // throws what was lost
      const run = new FlipRun({
        options: this.options,
        draw,
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
          this.#applyCursor();
        },
        onExit: () => {
          this.#cursor?.close();
        },
      });
      this.#run = run;
      this.#complete = () => {
        subscriber.complete();
      };
      this.#fail = (error) => {
        subscriber.error(error);
      };
      this.#startRun();
      return () => {
        this.#run = undefined;
        run.stop();
        this.#sessions.settled();
      };
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
    void this.display.devices; // throws while they are lost
    return this.display.foreign.import(description);
  }

  /**
   * Tries the better buffer paths again that `auto` had to pass over, without a black
   * frame; resolves with the path that is then in use. Does nothing where a path was named.
   */
  upgrade(): Promise<PathName> {
    this.#throwIfClosed();
    return this.#change(async () => {
      const { mode, path } = this.#sessions.current;
      const paths = rungsAbove(this.options.path, path);
      if (paths.length === 0 || this.#lost) return;
      const next = await this.#open(mode, paths).catch(onlyRefusals);
      if (next !== undefined) await this.#replaceOrStay(next);
    }).then(() => this.info.path);
  }

  /**
   * The hardware cursor of this head: moved and changed without a flip of its own. Closed
   * with the head, and lost with the display. Throws ERR_UNSUPPORTED where there is none.
   */
  cursor(): Cursor {
    this.#throwIfClosed();
    const { native, shows } = this.display.devices;
    const { crtc } = this.place.pipeline;
    const isFlipPending = () => this.#run?.flipPending ?? false;
    this.#cursor ??= Cursor.open({ native, display: shows.node, crtc, isFlipPending });
    return this.#cursor;
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
    this.#cursor?.close();
    this.#complete?.();
    this.#flushFence$.complete();
    this.#faults$.complete();
    //CUR     this.#cursor?.close();
    this.#sessions.close();
    this.place.release();
  }

  readonly #report = (fault: GuestheadError): void => {
    this.#faults$.next(fault);
  };

  /** What the cursor waits with while a flip is under way; a refusal is no reason to stop flipping. */
  #applyCursor(): void {
    try {
      this.#cursor?.apply();
    } catch (error) {
      if (error instanceof GuestheadError) this.#report(error);
    }
  }

  #onChange(change: DisplayChange): void {
    if (change.kind === 'fault') this.#onFault(change.fault);
    else if (change.kind === 'lost') this.#onLost(change.fault);
    else if (change.kind === 'back') void this.#change(() => this.#comeBack());
    else void this.#change(() => this.#followConnector());
  }

  /** A buffer that the host refuses is seen by nobody else: the kernel goes on as if it were shown. */
  #onFault(fault: GuestheadError): void {
    this.#report(fault);
    const refused = this.#sessions.current;
    if (fault.code !== 'ERR_HOST_REFUSED' || rungsBelow(this.options.path, refused.path).length === 0) return;
    void this.#change(async () => {
      if (this.#sessions.current === refused) await this.#stepDown(fault); // one step for a burst of refusals
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
    else if (this.#sessions.failed(error)) return; // whoever replaced the session decides
    else if (known !== undefined && kind === 'step-down') void this.#change(() => this.#stepDown(known));
    else this.#fail?.(error);
  }

  /** Flips on the current session, or does so once there is a connector and a device again. */
  #startRun(): boolean {
    if (this.#run === undefined || this.#lost || this.#unplugged) return false;
    this.#run.start(this.place, this.#sessions.current);
    return true;
  }

  #open(mode: Mode, paths: readonly PathName[], refused: readonly Refusal[] = []): Promise<Session> {
    return openSession(this.place, mode, paths, this.options, refused);
  }

  /** Where the next session fails to be shown, that is reported and the one before flips on. */
  async #replaceOrStay(next: Session): Promise<void> {
    const failure = await this.#sessions.replace(next);
    if (failure === undefined) return;
    if (failure instanceof GuestheadError) this.#report(failure);
    this.#sessions.goBack();
  }

  /** The display refused in earnest what it had accepted in a test: a trial ends with the first real flip. */
  async #stepDown(error: GuestheadError): Promise<void> {
    for (let failure: unknown = error; failure !== undefined; ) {
      const { mode, path, refused } = this.#sessions.current;
      const paths = rungsBelow(this.options.path, path);
      if (paths.length === 0) throw failure;
      const next = await this.#open(mode, paths, [...refused, refusalOf(path, failure)]);
      failure = await this.#sessions.replace(next);
    }
  }

  #onLost(fault: GuestheadError): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#run?.pause();
    this.#cursor?.close();
    this.#cursor = undefined;
    if (this.display.reopens) this.#report(fault);
    else this.#fail?.(fault);
    this.#sessions.close();
  }

  /** The same connector of the device that came back, with a mode as at first. */
  async #comeBack(): Promise<void> {
    const { name } = this.place.pipeline.connector;
    this.place.release();
    this.place = openPlace(this.display, name, this.place);
    const mode = chooseMode(this.place.pipeline.connector, this.options.mode);
    this.#sessions.adopt(await this.#open(mode, rungsOf(this.options.path)));
    this.#lost = false;
    this.#unplugged = false;
    this.#startRun();
  }

  async #followConnector(): Promise<void> {
    const { onResize } = this.options;
    if (this.#lost || onResize === 'keep') return;
    const { node } = this.display.devices.shows;
    const connector = getConnector(node.fd, this.place.pipeline.connector.id, { probe: true });
    const connected = connector.status === 'connected' && connector.modes.length > 0;
    if (!connected) {
      if (!this.#unplugged) this.#unplug(connector.name);
      return;
    }
    const mode = chooseMode(connector, undefined);
    const same = mode.raw.equals(this.#sessions.current.mode.raw);
    if (same && !this.#unplugged) return;
    if (onResize === 'stop') this.#complete?.();
    else await this.#follow(mode, same);
  }

  #unplug(name: string): void {
    if (this.options.onResize === 'stop') {
      this.#complete?.();
      return;
    }
    this.#unplugged = true;
    this.#report(
      new GuestheadError('ERR_NO_CONNECTOR', `The host closed ${name}`, {
        advice: 'flips go on when it opens it again',
      }),
    );
    this.#run?.blank();
  }

  /** Where the new size cannot be had, the old one stays. */
  async #follow(mode: Mode, same: boolean): Promise<void> {
    const next = same ? undefined : await this.#open(mode, rungsOf(this.options.path));
    this.#unplugged = false;
    if (next === undefined) this.#startRun();
    else await this.#replaceOrStay(next);
  }

  #throwIfClosed(): void {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The head is closed');
  }
}

/** Refused again: nothing changes. */
function onlyRefusals(error: unknown): undefined {
  if (!(error instanceof GuestheadError)) throw error;
}
