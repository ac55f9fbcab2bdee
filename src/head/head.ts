/** A head: the render GPU's buffers on one connector of the display. The library's main object. */
import { Observable, type Subscription } from 'rxjs';
import {
  allFree,
  type DmabufDescription,
  type ForeignBuffer,
  type PathName,
  type StateCounts,
} from '../buffer/index.js';
import { GuestheadError } from '../errors.js';
import { monotonicClock } from '../loop/index.js';
import type { Cursor } from '../kms/index.js';
import { sharedBy, type Display } from '../gpus/index.js';
import { FlipStream } from './flip-stream.js';
import type { Draw } from '../loop/index.js';
import { HeadCursor } from './head-cursor.js';
import { HeadMonitor, type HeadName } from './telemetry.js';
import { infoOf, type HeadInfo } from './head-info.js';
import type { CheckedHeadOptions } from './options.js';
import type { Pacing } from '../loop/index.js';
import type { ClaimedPlace } from './place.js';
import { Presence } from './controller.js';
import type { Flip } from '../loop/index.js';
import type { HeadStats } from './statistics.js';
import type { Session } from './buffer-set.js';
import type { SharedDevices } from '../gpus/index.js';

export class Head {
  readonly #monitor: HeadMonitor;
  readonly #shared: SharedDevices;
  readonly #changes: Subscription;
  readonly #stream = new FlipStream();
  readonly #cursor: HeadCursor;
  readonly #presence: Presence;

  /** Use `openHead`. */
  constructor(
    readonly display: Display,
    private readonly ownsDisplay: boolean,
    private readonly options: CheckedHeadOptions,
    place: ClaimedPlace,
    session: Session,
  ) {
    const shared = sharedBy(display);
    this.#monitor = new HeadMonitor(
      monotonicClock,
      () => this.#name(),
      () => this.bytesCopied(),
    );
    this.#shared = shared;
    const [stream, report] = [this.#stream, this.#report];
    const cursor = new HeadCursor(() => stream.run?.flipPending ?? false, report);
    this.#cursor = cursor;
    this.#presence = new Presence({ shared, options, stream, cursor, report }, place, session);
    this.#changes = shared.changes$.subscribe({
      next: (change) => {
        this.#presence.onChange(change);
      },
      complete: () => {
        this.#closeNow();
      },
    });
  }

  /** Unique in the process; the messages on `headChannels` carry it. */
  get id(): number {
    return this.#monitor.id;
  }

  /** As it is now: mode and path change with the host. */
  get info(): HeadInfo {
    return infoOf(this.#presence.place, this.#presence.sessions.current, this.options);
  }

  /**
   * How long the host took to finish a frame, ms from the commit to the flush
   * fence's signal; measured on every 33rd frame while subscribed.
   */
  get flushFence$(): Observable<number> {
    return this.#monitor.flushFence$;
  }

  /** What went wrong without ending the flips, each once: ERR_FLIP_TIMEOUT, ERR_NOT_MASTER, ERR_DEVICE_LOST, … */
  get faults$(): Observable<GuestheadError> {
    return this.#monitor.faults$;
  }

  /** Who sets the pace of the flips, and what to do about it. */
  get pacing(): Pacing {
    return this.#stream.run?.pacing() ?? { kind: 'unknown', advice: 'nothing flips' };
  }

  /**
   * The figures of the flips since the stream began or `resetStats` was called; see also
   * `headChannels` for each flip's own.
   */
  stats(): HeadStats {
    return this.#monitor.statistics.stats();
  }

  /** Counts anew from the last flip on: for what shall leave a warm-up out. */
  resetStats(): void {
    this.#monitor.statistics.reset();
  }

  /** The backbuffers by state. */
  states(): StateCounts {
    return this.#stream.run?.counts() ?? allFree(this.#presence.sessions.current.buffers.length);
  }

  /** Bytes copied so far to bring what was drawn to the display; 0 on every path but `copy`. */
  bytesCopied(): number {
    return this.#presence.sessions.bytesCopied;
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
      this.#throwIfClosed();
      this.#presence.assertComing();
      this.#monitor.statistics.begin();
      this.#stream.open(
        {
          options: this.options,
          draw,
          when$,
          subscriber,
          monitor: this.#monitor,
          report: this.#report,
          onError: (error) => {
            this.#presence.onLoopError(error);
          },
          onShown: () => {
            this.#presence.sessions.settled();
          },
          onFlip: () => {
            this.#cursor.apply();
          },
          onExit: () => {
            this.#cursor.close();
          },
        },
        () => {
          this.#presence.sessions.settled();
        },
      );
      try {
        this.#presence.start();
      } catch (error) {
        this.#stream.fail(error);
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
    this.#shared.assertOpen();
    return this.#shared.foreign.import(description);
  }

  /**
   * Tries the better buffer paths again that `auto` had to pass over, without a black
   * frame; resolves with the path that is then in use. Does nothing where a path was named.
   */
  upgrade(): Promise<PathName> {
    this.#throwIfClosed();
    return this.#presence.upgrade().then(() => this.info.path);
  }

  /**
   * The hardware cursor of this head: moved and changed without a flip of its own. Closed
   * with the head, and lost with the display. Throws ERR_UNSUPPORTED where there is none.
   */
  cursor(): Cursor {
    this.#throwIfClosed();
    return this.#cursor.open(this.#shared.devices, this.#presence.place.pipeline.crtc);
  }

  /** Completes the stream, gives the screen back, closes every buffer, and its own display. Idempotent. */
  async close(): Promise<void> {
    this.#stream.complete();
    await this.#presence.end();
    this.#closeNow();
    if (this.ownsDisplay) this.display.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #closeNow(): void {
    void this.#presence.end(); // from here on it is closed for its callers
    if (this.#changes.closed) return;
    this.#changes.unsubscribe();
    this.#cursor.close();
    this.#stream.complete();
    this.#monitor.close();
    this.#presence.close();
  }

  #name(): Omit<HeadName, 'id'> {
    const { shows, pipeline } = this.#presence.place;
    return { node: shows.node.path, connector: pipeline.connector.name };
  }

  readonly #report = (fault: GuestheadError): void => {
    this.#monitor.fault(fault);
  };

  #throwIfClosed(): void {
    if (this.#presence.closed) throw new GuestheadError('ERR_CLOSED', 'The head is closed');
  }
}
