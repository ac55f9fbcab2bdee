/** A head: the render GPU's buffers on one connector of the display. The library's main object. */
import { Observable, Subject, Subscription } from 'rxjs';
import {
  rungsAbove,
  rungsBelow,
  rungsOf,
  type DmabufDescription,
  type ForeignBuffer,
  type PathName,
  type StateCounts,
} from '../buffer/index.js';
import { classifyErrno, errnoOf, GuestheadError } from '../errors.js';
import { getConnector } from '../ffi/index.js';
import { closeQuietly } from '../owner.js';
//CUR import { Cursor } from './cursor.js';
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
  /** What was shown before the session that is not on the screen yet; `back` = it is returned to if that fails. */
  #previous: { readonly session: Session; readonly back: boolean } | undefined;
  #onSettled: (() => void) | undefined;
  #run: FlipRun | undefined;
  #complete: (() => void) | undefined;
  #fail: ((error: unknown) => void) | undefined;
  //CUR   #cursor: Cursor | undefined;
  #copiedBefore = 0;
  #unplugged = false;
  #lost = false;
  #closed = false;

  /** Use `openHead`. */
  constructor(
    readonly display: Display,
    private readonly ownsDisplay: boolean,
    private readonly options: CheckedHeadOptions,
    private place: ClaimedPlace,
    private session: Session,
  ) {
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
    return infoOf(this.place, this.session, this.options);
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
    const idle = { free: this.session.buffers.length, drawing: 0, queued: 0, current: 0, draining: 0, lost: 0 };
    return this.#run?.counts() ?? idle;
  }

  /** Bytes copied so far to bring what was drawn to the display; 0 on every path but `copy`. */
  bytesCopied(): number {
    return this.session.buffers.reduce((sum, buffer) => sum + buffer.bytesCopied, this.#copiedBefore);
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
          this.#settled();
        },
      });
      this.#run = run;
      this.#complete = () => {
        subscriber.complete();
      };
      this.#fail = (error) => {
        subscriber.error(error);
      };
      if (!this.#lost && !this.#unplugged) run.start(this.place, this.session);
      return () => {
        this.#run = undefined;
        run.stop();
        this.#settled();
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
      const paths = rungsAbove(this.options.path, this.session.path);
      if (paths.length === 0 || this.#lost) return;
      try {
        const next = await openSession(this.place, this.session.mode, paths, this.options);
        await this.#replace(next, true);
      } catch (error) {
        if (!(error instanceof GuestheadError)) throw error; // refused again: the path stays
      }
    }).then(() => this.session.path);
  }

  //CUR   /** The hardware cursor of this head; closed with it. Throws ERR_UNSUPPORTED where the display has none. */
  //CUR   cursor(): Cursor {
  //CUR     this.#throwIfClosed();
  //CUR     const { native, shows } = this.display.devices;
  //CUR     const { crtc, crtcIndex } = this.place.pipeline;
  //CUR     this.#cursor ??= Cursor.open({ native, device: shows.device, display: shows.node, crtc, crtcIndex });
  //CUR     return this.#cursor;
  //CUR   }

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
    this.#complete?.();
    this.#flushFence$.complete();
    this.#faults$.complete();
    //CUR     this.#cursor?.close();
    closeQuietly(this.session.owner);
    this.place.release();
  }

  readonly #report = (fault: GuestheadError): void => {
    this.#faults$.next(fault);
  };

  #onChange(change: DisplayChange): void {
    if (change.kind === 'fault') this.#report(change.fault);
    else if (change.kind === 'lost') this.#onLost(change.fault);
    else if (change.kind === 'back') void this.#change(() => this.#comeBack());
    else void this.#change(() => this.#followConnector());
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
    else if (this.#previous?.back === true) void this.#change(() => this.#goBack(error));
    else if (known !== undefined && kind === 'step-down') void this.#change(() => this.#stepDown(known));
    else this.#fail?.(error);
  }

  /** The next session is shown in place of this one, which goes once the next is on the screen. */
  async #replace(next: Session, back: boolean): Promise<void> {
    if (this.#closed) {
      closeQuietly(next.owner);
      return;
    }
    this.#settled();
    this.#previous = { session: this.session, back };
    this.session = next;
    if (this.#run === undefined || this.#unplugged) this.#settled();
    else
      await new Promise<void>((resolve) => {
        this.#onSettled = resolve;
        this.#run?.start(this.place, next);
      });
  }

  /** The session is on the screen, or nothing flips any more: the one before can go. */
  #settled(): void {
    const previous = this.#previous?.session;
    this.#previous = undefined;
    if (previous !== undefined) {
      this.#copiedBefore += previous.buffers.reduce((sum, buffer) => sum + buffer.bytesCopied, 0);
      closeQuietly(previous.owner);
    }
    this.#onSettled?.();
    this.#onSettled = undefined;
  }

  #goBack(cause: unknown): void {
    const previous = this.#previous?.session;
    if (previous === undefined) return;
    if (cause instanceof GuestheadError) this.#report(cause);
    this.#previous = undefined;
    closeQuietly(this.session.owner);
    this.session = previous;
    this.#run?.start(this.place, previous);
  }

  /** The display refused in mid-run what it had accepted in a test. */
  async #stepDown(error: GuestheadError): Promise<void> {
    const { mode, path, refused } = this.session;
    const paths = rungsBelow(this.options.path, path);
    if (paths.length === 0) throw error;
    const refusal = { path, code: error.code, advice: error.advice ?? error.message };
    await this.#replace(await openSession(this.place, mode, paths, this.options, [...refused, refusal]), false);
  }

  #onLost(fault: GuestheadError): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#run?.pause();
    this.#settled();
    //CUR     this.#cursor?.close();
    //CUR     this.#cursor = undefined;
    if (this.display.reopens) this.#report(fault);
    else this.#fail?.(fault);
    closeQuietly(this.session.owner);
  }

  /** The same connector of the device that came back, with a mode as at first. */
  async #comeBack(): Promise<void> {
    const { name } = this.place.pipeline.connector;
    this.place.release();
    this.place = openPlace(this.display, name, this.place);
    const mode = chooseMode(this.place.pipeline.connector, this.options.mode);
    this.session = await openSession(this.place, mode, rungsOf(this.options.path), this.options);
    this.#lost = false;
    this.#run?.start(this.place, this.session);
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
    const same = mode.raw.equals(this.session.mode.raw);
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

  async #follow(mode: Session['mode'], same: boolean): Promise<void> {
    const next = same ? undefined : await openSession(this.place, mode, rungsOf(this.options.path), this.options);
    const wasUnplugged = this.#unplugged;
    this.#unplugged = false;
    if (next !== undefined) await this.#replace(next, !wasUnplugged);
    else this.#run?.start(this.place, this.session);
  }

  #throwIfClosed(): void {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The head is closed');
  }
}
