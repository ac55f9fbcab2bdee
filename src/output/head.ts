/** A head: the render GPU's buffers on one connector of the display. The library's main object. */
import { Observable, Subject } from 'rxjs';
import { Swapchain, type PathName, type Refusal, type ScanoutBuffer, type StateCounts } from '../buffer/index.js';
import { isStandIn } from '../device/index.js';
import { classifyErrno, errnoOf, GuestheadError } from '../errors.js';
import type { Owner } from '../owner.js';
import { monotonicClock } from './clock.js';
import { flipLoop } from './flip-loop.js';
import type { Draw } from './frame.js';
import { KernelScanout } from './kernel-scanout.js';
import { openParts, type HeadParts } from './open.js';
import { parseHeadOptions, type HeadOptions } from './options.js';
import type { Flip } from './scanout.js';

/** What a head is made of, for people and reports. */
export interface HeadInfo {
  readonly path: PathName;
  /** The better paths that were refused, with why and what to change. */
  readonly refused: readonly Refusal[];
  readonly render: {
    readonly node: string;
    readonly driver: string;
    readonly backend: string;
    readonly standIn: boolean;
  };
  readonly display: { readonly node: string; readonly driver: string; readonly connector: string };
  /** Pixels and Hz. */
  readonly mode: { readonly width: number; readonly height: number; readonly refreshHz: number };
  readonly buffers: number;
}

/**
 * Opens the devices, allocates the backbuffers and imports them into the
 * display. Nothing on the screen changes before `flips()` is subscribed to.
 * On failure a GuestheadError says why, and nothing stays open.
 */
export function openHead(options: HeadOptions = {}): Promise<Head> {
  return Promise.resolve()
    .then(() => openParts(parseHeadOptions(options)))
    .then((parts) => new Head(parts));
}

export class Head {
  readonly info: HeadInfo;
  readonly #flushFence$ = new Subject<number>();
  #chain: Swapchain<ScanoutBuffer>;
  /** Completes the stream that is flipping. */
  #complete: (() => void) | undefined;
  #closed = false;

  /** Use `openHead`. */
  constructor(private readonly parts: HeadParts) {
    this.#chain = new Swapchain(parts.buffers);
    this.info = infoOf(parts);
  }

  /**
   * How long the host took to finish a frame, ms from the commit to the flush
   * fence's signal; measured on every 32nd frame while subscribed.
   */
  get flushFence$(): Observable<number> {
    return this.#flushFence$.asObservable();
  }

  /** The backbuffers by state. */
  states(): StateCounts {
    return this.#chain.counts();
  }

  /** Bytes copied so far to bring what was drawn to the display; 0 on every path but `copy`. */
  bytesCopied(): number {
    return this.parts.buffers.reduce((sum, buffer) => sum + buffer.bytesCopied, 0);
  }

  /**
   * A cold stream of page flips. Subscribing sets the mode and starts the loop,
   * which calls `draw` for each frame; unsubscribing stops it and gives the
   * CRTC back what it showed. One subscription at a time. Errors with
   * ERR_DRAW, ERR_COMMIT or ERR_DEVICE_LOST.
   */
  flips(draw: Draw): Observable<Flip> {
    return new Observable((subscriber) => {
      if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The head is closed');
      if (this.#complete !== undefined) throw new GuestheadError('ERR_USAGE', 'The head is already flipping');
      this.#chain = new Swapchain(this.parts.buffers);
      const scanout = new KernelScanout(this.parts, this.#flushFence$);
      const running = flipLoop(this.#chain, scanout, monotonicClock, draw).subscribe(subscriber);
      this.#complete = () => {
        subscriber.complete();
      };
      return () => {
        this.#complete = undefined;
        running.unsubscribe();
        scanout.close();
      };
    });
  }

  /** Completes the stream, gives the screen back, closes every buffer and device. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#complete?.();
    this.#flushFence$.complete();
    await Promise.resolve();
    closeAll(this.parts.owner);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** What a lost device took with it needs no closing, and the kernel says so with ENODEV. */
function closeAll(owner: Owner): void {
  try {
    owner.close();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined || classifyErrno(errno) !== 'lost') throw error;
  }
}

function infoOf({ display, render, gbm, pipeline, mode, path, refused, buffers }: HeadParts): HeadInfo {
  return {
    path,
    refused,
    render: { node: render.path, driver: render.driver, backend: gbm.backendName, standIn: isStandIn(render.driver) },
    display: { node: display.path, driver: display.driver, connector: pipeline.connector.name },
    mode: { width: mode.width, height: mode.height, refreshHz: mode.refreshHz },
    buffers: buffers.length,
  };
}
