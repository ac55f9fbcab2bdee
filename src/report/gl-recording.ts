/** What the GPU's thread did while it was recorded, and when each frame's drawing was done. */
import { distinctUntilChanged, Subscription, type Observable } from 'rxjs';
import { Fence, type FenceCalls } from '../buffer/index.js';
import { GuestheadError } from '../errors.js';
import type { Drawn, Gl, GlJob } from '../gl/index.js';
import { monotonicClock } from '../loop/index.js';
import { append } from './kept.js';

/** A job's way, one part after the other. Times are CLOCK_MONOTONIC, ms. */
export interface RecordedJob {
  readonly job: GlJob;
  readonly calledMs: number;
  /** From then on in the thread's queue, on the thread for fences, with the driver, and done. */
  readonly queuedMs: number;
  readonly begunMs: number;
  readonly drawingMs: number;
  readonly doneMs: number;
}

/** From a frame's call of `compose` to the end of its drawing. */
export interface RecordedRenderFence {
  readonly calledMs: number;
  readonly signalledMs: number;
}

export type RecordedGpu = Pick<GlRecording, 'info' | 'fenceKind' | 'renewals' | 'jobs' | 'renderFences' | 'forgotten'>;
export type RecordableGl = Pick<Gl, 'jobs$' | 'info' | 'fenceKind' | 'renewals'>;

/** The addon's. */
export interface FenceCopies extends FenceCalls {
  duplicate(fd: number): number;
}

/**
 * Begins at once, with the jobs that end from then on; keeps the last 65,536, and up to twice as many. Owns what it watches
 * until `stop`.
 */
export class GlRecording {
  /** In their order; the last one draws. */
  readonly #gls: RecordableGl[] = [];
  readonly #jobs: RecordedJob[] = [];
  readonly #renderFences: RecordedRenderFence[] = [];
  readonly #watched = new Set<Fence>();
  readonly #subscriptions = new Subscription();
  readonly #toMonotonicMs = clockDifference();
  #forgotten = 0;

  /** `gl$` emits the GL that draws as it is subscribed to, and after a loss of the GPU the next one. */
  constructor(
    gl$: Observable<RecordableGl>,
    private readonly native: FenceCopies,
  ) {
    this.#subscriptions.add(gl$.pipe(distinctUntilChanged()).subscribe((gl) => this.#follow(gl)));
  }

  /** Of the last one that drew. */
  get info(): Gl['info'] {
    return this.#last.info;
  }

  get fenceKind(): Gl['fenceKind'] {
    return this.#last.fenceKind;
  }

  /** Contexts that were lost and made anew. */
  get renewals(): number {
    return this.#gls.reduce((sum, { renewals }) => sum + renewals, 0);
  }

  /** In the order of their ends. */
  get jobs(): readonly RecordedJob[] {
    return this.#jobs;
  }

  /** In the order of their signals. */
  get renderFences(): readonly RecordedRenderFence[] {
    return this.#renderFences;
  }

  /** Jobs at the beginning that there was no room for. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /**
   * A frame's `compose`, called at `calledAt` of `performance.now()`, has come back. The fence stays the caller's.
   * Of an `implicit` end nobody tells.
   */
  drawn({ fence, fenceKind }: Drawn, calledAt: number): void {
    const calledMs = calledAt + this.#toMonotonicMs;
    if (fence !== undefined) this.#watch(fence, calledMs);
    else if (fenceKind === 'finish') this.#ended(calledMs, monotonicClock.now());
  }

  /** Idempotent. */
  stop(): void {
    this.#subscriptions.unsubscribe();
    for (const fence of this.#watched) fence.close();
    this.#watched.clear();
  }

  get #last(): RecordableGl {
    const gl = this.#gls.at(-1);
    if (gl === undefined) throw new GuestheadError('ERR_USAGE', 'No GL was recorded');
    return gl;
  }

  #follow(gl: RecordableGl): void {
    this.#gls.push(gl);
    const jobs = gl.jobs$.subscribe((job) => {
      this.#forgotten += append(this.#jobs, recorded(job, this.#toMonotonicMs));
    });
    this.#subscriptions.add(jobs);
  }

  #watch({ fd }: Fence, calledMs: number): void {
    const own = Fence.made(this.native.duplicate(fd), this.native);
    this.#watched.add(own);
    own.signalled
      .then(() => {
        this.#ended(calledMs, this.#signalOf(own.fd));
      })
      .catch(() => undefined) // closed by `stop`, or not to be polled: not seen
      .finally(() => {
        this.#watched.delete(own);
        own.close();
      });
  }

  /** The kernel's own time of it. */
  #signalOf(fd: number): number {
    const { fences } = this.native.syncFileInfo(fd);
    return Math.max(...fences.map(({ timestampNs }) => timestampNs)) / 1e6;
  }

  #ended(calledMs: number, signalledMs: number): void {
    append(this.#renderFences, { calledMs, signalledMs: Math.max(calledMs, signalledMs) });
  }
}

/** The call ends as the job enters the queue; the four parts follow upon each other. */
function recorded(job: GlJob, toMonotonicMs: number): RecordedJob {
  const calledMs = job.calledAtMs + toMonotonicMs;
  const queuedMs = calledMs + job.callMs;
  const begunMs = queuedMs + job.queueMs;
  const drawingMs = begunMs + job.waitMs;
  return { job, calledMs, queuedMs, begunMs, drawingMs, doneMs: drawingMs + job.drawMs };
}

/** What CLOCK_MONOTONIC is ahead of `performance.now()`: the reading with the least time in between. */
function clockDifference(): number {
  return Math.max(...Array.from({ length: 8 }, () => monotonicClock.now() - performance.now()));
}
