/** What has been handed to the GPU's thread and is not back: each job's promise, and the watch over a driver that hangs. */
import { closeSync } from 'node:fs';
import { Subject, type Observable } from 'rxjs';
import { coded, GuestheadError } from '../errors.js';
import type { GlFailure, GlResultHandler, NativeGl } from '../native.js';
import { explain, type JobName } from './failure.js';
import type { GlGpu, GlOptions } from './gpu.js';

/** A job that has ended, in milliseconds. */
export interface GlJob {
  readonly what: JobName;
  /** When it was handed over, by `performance.now()`. */
  readonly calledAt: number;
  /** How long the handing over held the JavaScript thread. */
  readonly callMs: number;
  /** How long its end held the JavaScript thread, up to the promise; with `callMs` all that it did. */
  readonly resultMs: number;
  /** In the thread's queue. */
  readonly queueMs: number;
  /** On the thread, for fences that the driver cannot wait for. */
  readonly waitMs: number;
  /** With the driver. */
  readonly drawMs: number;
  readonly error: GuestheadError | undefined;
}

interface Pending {
  readonly what: JobName;
  readonly calledAt: number;
  callMs: number;
  end(value: unknown, fence: number): void;
  fail(error: GuestheadError): void;
}

const defaultTimeoutMs = 10_000;
/** What a close waits for a drawing under way. */
const closeMs = 2_000;
const looksEachTimeout = 20;
const lastJob = 2 ** 32 - 2;

export class Jobs {
  readonly native: NativeGl;
  readonly opened: Promise<unknown>;
  readonly #pending = new Map<number, Pending>();
  readonly #ended$ = new Subject<GlJob>();
  readonly #timer: NodeJS.Timeout;
  #last = 0;
  #renewals = 0;
  #ending: GuestheadError | undefined;

  /** The opening is the first job. */
  constructor(
    private readonly gpu: GlGpu,
    { timeoutMs = defaultTimeoutMs }: GlOptions,
  ) {
    this.opened = new Promise((resolve, reject) => {
      this.#pending.set(0, { what: 'open', calledAt: performance.now(), callMs: 0, end: resolve, fail: reject });
    });
    this.native = gpu.native.openGl(gpu.gbm?.address ?? 0n, '', this.#onResult);
    this.#timer = setInterval(() => {
      if (this.#pending.size > 0 && this.native.busyMs() > timeoutMs) this.#hang(timeoutMs);
    }, timeoutMs / looksEachTimeout);
    this.#timer.unref();
  }

  get ended$(): Observable<GlJob> {
    return this.#ended$.asObservable();
  }

  get renewals(): number {
    return this.#renewals;
  }

  get closed(): boolean {
    return this.#ending !== undefined;
  }

  /** `hand` gives the job to the thread; `finish` makes of what comes back what is promised. Throws what `hand` throws, and ERR_CLOSED. */
  add<T = void>(
    what: JobName,
    calledAt: number,
    hand: (native: NativeGl, job: number) => void,
    finish: (value: unknown, fence: number) => T = () => undefined as T,
  ): Promise<T> {
    if (this.#ending !== undefined) throw this.#ending;
    const job = (this.#last = (this.#last % lastJob) + 1);
    this.#hand(hand, job);
    return new Promise<T>((resolve, reject) => {
      const end = (value: unknown, fence: number) => {
        resolve(finish(value, fence));
      };
      this.#pending.set(job, { what, calledAt, callMs: performance.now() - calledAt, end, fail: reject });
    });
  }

  /** Idempotent. What is under way rejects with ERR_CLOSED, or with the loss of the GPU. */
  close(): void {
    if (this.closed) return;
    const lost = this.gpu.lost?.();
    this.#end(lost ?? new GuestheadError('ERR_CLOSED', 'GL is closed', { device: this.gpu.device }), closeMs);
  }

  #hand(hand: (native: NativeGl, job: number) => void, job: number): void {
    try {
      hand(this.native, job);
    } catch (error) {
      throw coded(error);
    }
  }

  readonly #onResult: GlResultHandler = (job, failure, fence, value, renewed, queueMs, waitMs, drawMs) => {
    const heardAt = performance.now();
    const pending = this.#pending.get(job);
    if (pending === undefined) {
      if (fence >= 0) closeSync(fence);
      return;
    }
    this.#pending.delete(job);
    if (renewed) this.#renewals++;
    const error = failure === undefined ? undefined : this.#explain(pending.what, failure);
    if (error === undefined) pending.end(value, fence);
    else pending.fail(error);
    if (!this.#ended$.observed) return;
    const { what, calledAt, callMs } = pending;
    const resultMs = performance.now() - heardAt;
    this.#ended$.next({ what, calledAt, callMs, resultMs, queueMs, waitMs, drawMs, error });
  };

  /** A driver says many things once its GPU is gone. */
  #explain(what: JobName, failure: GlFailure): GuestheadError {
    const error = explain(what, failure, this.gpu.device);
    return this.gpu.lost?.(error) ?? error;
  }

  #hang(timeoutMs: number): void {
    const [first] = this.#pending.values();
    this.#end(
      new GuestheadError(
        'ERR_GL_TIMEOUT',
        `The GPU's driver has not come back from ${first?.what ?? 'a job'} for ${timeoutMs} ms`,
        {
          device: this.gpu.device,
          advice: 'a shader that never ends, or a GPU that hangs: see `dmesg`; what was shown last stays on the screen',
        },
      ),
      0,
    );
  }

  /** A thread that does not end uses the GBM device still: then that is left to it. */
  #end(error: GuestheadError, waitMs: number): void {
    if (this.#ending !== undefined) return;
    this.#ending = error;
    clearInterval(this.#timer);
    if (!this.native.close(waitMs)) this.gpu.gbm?.abandon();
    for (const pending of this.#pending.values()) pending.fail(error);
    this.#pending.clear();
    this.#ended$.complete();
  }
}
