/** What the GPU's thread did while it was recorded, and when each frame's drawing was done. */
import { distinctUntilChanged, Subscription, type Observable } from 'rxjs';
import { GuestheadError } from '../errors.js';
import type { Drawn, Gl, GlJob } from '../gl/index.js';
import { append } from './kept.js';
import { clockDifference, RenderFences, type FenceCopies } from './render-fences.js';

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

/**
 * Begins at once, with the jobs that end from then on; keeps the last 65,536, and up to twice as many. Owns what it watches
 * until `stop`.
 */
export class GlRecording {
  /** In their order; the last one draws. */
  readonly #gls: RecordableGl[] = [];
  readonly #jobs: RecordedJob[] = [];
  readonly #renderFences: RecordedRenderFence[] = [];
  readonly #fences: RenderFences;
  readonly #subscriptions = new Subscription();
  readonly #toMonotonicMs = clockDifference();
  #forgotten = 0;

  /** `gl$` emits the GL that draws as it is subscribed to, and after a loss of the GPU the next one. */
  constructor(gl$: Observable<RecordableGl>, native: FenceCopies) {
    this.#fences = new RenderFences(native, (calledMs, signalledMs) => {
      append(this.#renderFences, { calledMs, signalledMs });
    });
    this.#subscriptions.add(gl$.pipe(distinctUntilChanged()).subscribe((gl) => this.#follow(gl)));
  }

  /** Whether there was a GL at all: without it the figures of one throw ERR_USAGE. */
  get begun(): boolean {
    return this.#gls.length > 0;
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
  drawn(drawing: Drawn, calledAt: number): void {
    this.#fences.drawn(drawing, calledAt + this.#toMonotonicMs);
  }

  /** Idempotent. */
  stop(): void {
    this.#subscriptions.unsubscribe();
    this.#fences.stop();
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
}

/** The call ends as the job enters the queue; the four parts follow upon each other. */
function recorded(job: GlJob, toMonotonicMs: number): RecordedJob {
  const calledMs = job.calledAtMs + toMonotonicMs;
  const queuedMs = calledMs + job.callMs;
  const begunMs = queuedMs + job.queueMs;
  const drawingMs = begunMs + job.waitMs;
  return { job, calledMs, queuedMs, begunMs, drawingMs, doneMs: drawingMs + job.drawMs };
}
