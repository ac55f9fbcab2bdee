/** What the GPU's thread did while it was recorded, and when each frame's drawing was done. */
import type { Subscription } from 'rxjs';
import { Fence, type FenceCalls } from '../buffer/index.js';
import type { Drawn, Gl, GlJob } from '../gl/index.js';
import { monotonicClock } from '../loop/index.js';

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
type RecordableGl = Pick<Gl, 'jobs$' | 'info' | 'fenceKind' | 'renewals'>;

/** The addon's. */
export interface FenceCopies extends FenceCalls {
  duplicate(fd: number): number;
}

/** Of each kind. */
const kept = 65_536;

/** Begins at once, with the jobs that end from then on; keeps the last 65,536, and up to twice as many. Owns what it watches until `stop`. */
export class GlRecording {
  readonly #jobs: RecordedJob[] = [];
  readonly #renderFences: RecordedRenderFence[] = [];
  readonly #watched = new Set<Fence>();
  readonly #subscription: Subscription;
  readonly #toMonotonicMs = clockDifference();
  #forgotten = 0;

  constructor(
    private readonly gl: RecordableGl,
    private readonly native: FenceCopies,
  ) {
    this.#subscription = gl.jobs$.subscribe((job) => {
      this.#forgotten += append(this.#jobs, recorded(job, this.#toMonotonicMs));
    });
  }

  get info(): Gl['info'] {
    return this.gl.info;
  }

  get fenceKind(): Gl['fenceKind'] {
    return this.gl.fenceKind;
  }

  /** Contexts that were lost and made anew. */
  get renewals(): number {
    return this.gl.renewals;
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
    this.#subscription.unsubscribe();
    for (const fence of this.#watched) fence.close();
    this.#watched.clear();
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
  const calledMs = job.calledAt + toMonotonicMs;
  const queuedMs = calledMs + job.callMs;
  const begunMs = queuedMs + job.queueMs;
  const drawingMs = begunMs + job.waitMs;
  return { job, calledMs, queuedMs, begunMs, drawingMs, doneMs: drawingMs + job.drawMs };
}

/** What CLOCK_MONOTONIC is ahead of `performance.now()`: the reading with the least time in between. */
function clockDifference(): number {
  return Math.max(...Array.from({ length: 8 }, () => monotonicClock.now() - performance.now()));
}

/** How many were forgotten for it. */
function append<T>(list: T[], entry: T): number {
  list.push(entry);
  return list.length > 2 * kept ? list.splice(0, kept).length : 0;
}
