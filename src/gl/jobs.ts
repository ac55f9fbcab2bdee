/** What has been handed to the GPU's thread and is not back: each job's promise, and the watch over a driver that hangs. */
import { performance } from 'node:perf_hooks';
import { closeSync } from 'node:fs';
import { Subject, type Observable } from 'rxjs';
import { coded, GuestheadError } from '../errors.js';
import type { GlFailure, GlInfo, GlResultHandler, NativeGl } from '../native/index.js';
import { explain, type JobName } from './failure.js';
import type { GlGpu, GlOptions } from './gpu.js';

/** A job that has ended, in milliseconds. */
export interface GlJob {
  readonly what: JobName;
  /** When it was handed over, by `performance.now()`. */
  readonly calledAtMs: number;
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
/** Of a renderer on the processor, which compiles and draws there beside all else: one that is slow does not hang. */
const softwareTimeoutMs = 60_000;
const looksEachTimeout = 20;
/** Of a timer that does nothing. */
const aliveMs = 60_000;
const lastJob = 2 ** 32 - 2;

export class Jobs {
  readonly native: NativeGl;
  readonly opened: Promise<unknown>;
  readonly #pending = new Map<number, Pending>();
  readonly #ended$ = new Subject<GlJob>();
  readonly #timer: NodeJS.Timeout;
  readonly #threadEnded: Promise<void>;
  #last = 0;
  #renewals = 0;
  #timeoutMs: number;
  /** By `performance.now()`: when a job was handed over last, or came back, or the driver was seen to have one. */
  #busyAt = performance.now();
  #ending: GuestheadError | undefined;

  /** The opening is the first job. */
  constructor(
    private readonly gpu: GlGpu,
    { timeoutMs }: GlOptions,
  ) {
    this.#timeoutMs = timeoutMs ?? defaultTimeoutMs;
    this.opened = new Promise((resolve, reject) => {
      const end = (info: unknown) => {
        if (timeoutMs === undefined && (info as GlInfo).software) this.#timeoutMs = softwareTimeoutMs;
        resolve(info);
      };
      this.#pending.set(0, { what: 'open', calledAt: performance.now(), callMs: 0, end, fail: reject });
    });
    let onEnded = (): void => undefined;
    this.#threadEnded = new Promise((resolve) => (onEnded = resolve));
    this.native = gpu.native.openGl(gpu.gbm?.address ?? 0n, '', this.#onResult, () => onEnded());
    void this.#threadEnded.then(gpu.gbm?.lend());
    this.#timer = setInterval(() => {
      if (this.#pending.size > 0 && this.native.busyMs() > this.#timeoutMs) this.#hang();
    }, this.#timeoutMs / looksEachTimeout);
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

  /** See `Gl.idleMs`. One that waits on the thread for a fence counts as handed over, and no more. */
  get idleMs(): number {
    const now = performance.now();
    if (!this.closed && this.#pending.size > 0 && this.native.busyMs() > 0) this.#busyAt = now;
    return now - this.#busyAt;
  }

  /** Once it is closed and the thread has let go of the GPU; never where that hangs. Whoever waits keeps the event loop alive. */
  async ended(): Promise<void> {
    const alive = setInterval(() => undefined, aliveMs);
    await this.#threadEnded;
    clearInterval(alive);
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
    const handedAt = (this.#busyAt = performance.now());
    return new Promise<T>((resolve, reject) => {
      const end = (value: unknown, fence: number) => {
        resolve(finish(value, fence));
      };
      this.#pending.set(job, { what, calledAt, callMs: handedAt - calledAt, end, fail: reject });
    });
  }

  /** Idempotent, and waits for nothing. What is under way rejects with ERR_CLOSED, or with the loss of the GPU. */
  close(): void {
    if (this.closed) return;
    const lost = this.gpu.lost?.();
    this.#end(lost ?? new GuestheadError('ERR_CLOSED', 'GL is closed', { device: this.gpu.device }));
  }

  #hand(hand: (native: NativeGl, job: number) => void, job: number): void {
    try {
      hand(this.native, job);
    } catch (error) {
      throw coded(error);
    }
  }

  readonly #onResult: GlResultHandler = (job, failure, fence, value, renewed, queueMs, waitMs, drawMs) => {
    const heardAt = (this.#busyAt = performance.now());
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
    this.#ended$.next({ what, calledAtMs: calledAt, callMs, resultMs, queueMs, waitMs, drawMs, error });
  };

  /** A driver says many things once its GPU is gone. */
  #explain(what: JobName, failure: GlFailure): GuestheadError {
    const error = explain(what, failure, this.gpu.device);
    return this.gpu.lost?.(error) ?? error;
  }

  /** Nothing else may call the driver, which may hold what that waits for. */
  #hang(): void {
    const [first] = this.#pending.values();
    this.gpu.gbm?.abandon();
    this.#end(
      new GuestheadError(
        'ERR_GL_TIMEOUT',
        `The GPU's driver has not come back from ${first?.what ?? 'a job'} for ${this.#timeoutMs} ms`,
        {
          device: this.gpu.device,
          advice: 'a shader that never ends, or a GPU that hangs: see `dmesg`; what was shown last stays on the screen',
        },
      ),
    );
  }

  #end(error: GuestheadError): void {
    if (this.#ending !== undefined) return;
    this.#ending = error;
    clearInterval(this.#timer);
    this.native.close();
    for (const pending of this.#pending.values()) pending.fail(error);
    this.#pending.clear();
    this.#ended$.complete();
  }
}
