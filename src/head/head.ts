/** A head: the render GPU's buffers on one connector of the display. The library's main object. */
import { Observable, type Subscription } from 'rxjs';
import {
  allFree,
  type DmabufDescription,
  type ClientBuffer,
  type PathName,
  type StateCounts,
} from '../buffer/index.js';
import { GuestheadError } from '../errors.js';
import { type Draw, type Flip, monotonicClock, type Pacing } from '../loop/index.js';
import type { Cursor } from '../kms/index.js';
import type { GpuPair } from '../gpus/index.js';
import { FlipStream } from './flip-stream.js';
import { HeadCursor } from './head-cursor.js';
import { HeadTelemetry, type HeadName } from './telemetry.js';
import { infoOf, type HeadInfo } from './head-info.js';
import type { CheckedHeadOptions } from './options.js';
import type { Claim } from './claim.js';
import { HeadController } from './controller.js';
import type { HeadStats } from './statistics.js';
import type { BufferSet } from './buffer-set.js';

export class Head {
  readonly #telemetry: HeadTelemetry;
  readonly #changes: Subscription;
  readonly #stream = new FlipStream();
  readonly #cursor: HeadCursor;
  readonly #controller: HeadController;

  /** Use `openHead`. */
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
    const [stream, report] = [this.#stream, this.#report];
    const cursor = new HeadCursor(() => stream.run?.flipPending ?? false, report);
    this.#cursor = cursor;
    this.#controller = new HeadController({ pair, options, stream, cursor, report }, claim, set);
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

  /**
   * How long the host took to finish a frame, ms from the commit to the flush
   * fence's signal; measured on every 33rd frame while subscribed.
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
    return this.#stream.run?.pacing() ?? { kind: 'unknown', advice: 'nothing flips' };
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
    return this.#stream.run?.counts() ?? allFree(this.#controller.sets.current.buffers.length);
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
   * screen meanwhile: for a picture that changes now and then.
   */
  flips(draw: Draw, { when$ }: { readonly when$?: Observable<unknown> | undefined } = {}): Observable<Flip> {
    return new Observable((subscriber) => {
      this.#throwIfClosed();
      this.#controller.assertComing();
      this.#telemetry.statistics.begin();
      this.#stream.open(
        {
          options: this.options,
          draw,
          when$,
          subscriber,
          telemetry: this.#telemetry,
          report: this.#report,
          onError: (error) => {
            this.#controller.onLoopError(error);
          },
          onShown: () => {
            this.#controller.sets.settled();
          },
          onFlip: () => {
            this.#cursor.apply();
          },
          onExit: () => {
            this.#cursor.close();
          },
        },
        () => {
          this.#controller.sets.settled();
        },
      );
      try {
        this.#controller.start();
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
  importDmabuf(description: DmabufDescription): ClientBuffer {
    this.#throwIfClosed();
    this.pair.assertOpen();
    return this.pair.clientBuffers.import(description);
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
    this.#stream.complete();
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
    this.#stream.complete();
    this.#telemetry.close();
    this.#controller.close();
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
