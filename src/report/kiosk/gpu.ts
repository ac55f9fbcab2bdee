/** How the render GPU draws what a kiosk's clients show: nothing of it is there before the first scene that it draws. */
import { distinctUntilChanged, mergeMap, Subscription } from 'rxjs';
import type { Gl } from '../../gl/index.js';
import type { Kiosk } from '../../kiosk/index.js';
import { GlRecording, type RecordableGl, type RecordedGpu } from '../gl-recording.js';
import { GlMeter, type GlResult } from '../gl-result.js';
import { clockDifference, RenderFences, type FenceCopies } from '../render-fences.js';

export type RecordableGpu = Pick<Kiosk, 'gl$' | 'drawings$'>;

/** Begins at once. Owns what it watches until `stop`. */
export class KioskGpuRecording {
  readonly #recording: GlRecording;
  readonly #drawings: Subscription;

  constructor({ gl$, drawings$ }: RecordableGpu, native: FenceCopies) {
    this.#recording = new GlRecording(gl$, native);
    this.#drawings = drawings$.subscribe(({ drawn, calledAt }) => this.#recording.drawn(drawn, calledAt));
  }

  /** Undefined where the CPU has drawn all. */
  get recorded(): RecordedGpu | undefined {
    return this.#recording.begun ? this.#recording : undefined;
  }

  /** What it holds stays. Idempotent. */
  stop(): void {
    this.#drawings.unsubscribe();
    this.#recording.stop();
  }
}

/** As `run` has them, of what a kiosk's GPU has drawn. */
export type GpuResult = Omit<GlResult, 'implicitFence' | 'loadMs' | 'cpuFrames' | 'realTime'>;

/** The figures of that, gathered one by one in fixed memory. Begins at once; owns what it watches until `stop`. */
export class GpuFigures {
  readonly #meter = new GlMeter();
  readonly #watching = new Subscription();
  #gl: RecordableGl | undefined;

  constructor({ gl$, drawings$ }: RecordableGpu, native: FenceCopies) {
    // One frame is drawn at a time: none waits for the one before.
    const fences = new RenderFences(native, (calledMs, endedMs) => {
      this.#meter.rendered(endedMs - calledMs, endedMs - calledMs);
    });
    const ahead = clockDifference();
    this.#watching.add(() => fences.stop());
    this.#watching.add(drawings$.subscribe(({ drawn, calledAt }) => fences.drawn(drawn, calledAt + ahead)));
    this.#watching.add(
      gl$
        .pipe(
          distinctUntilChanged(),
          mergeMap((gl) => this.#jobsOf(gl)),
        )
        .subscribe((job) => {
          this.#meter.held(job.callMs);
          this.#meter.held(job.resultMs);
          if (job.what === 'compose' && job.error === undefined) this.#meter.drawn(job.queueMs, job.drawMs);
        }),
    );
  }

  /** Null where the CPU has drawn all. */
  result(): GpuResult | null {
    if (this.#gl === undefined) return null;
    const { info, fenceKind } = this.#gl;
    const { renderer, vendor, version, platform, nativeFence, fence, ...times } = this.#meter.result(info, fenceKind);
    const { drawMs, queueMs, renderFenceMs, gpuMs, glStallMs } = times;
    const driver = { renderer, vendor, version, platform, nativeFence, fence };
    return { ...driver, drawMs, queueMs, renderFenceMs, gpuMs, glStallMs };
  }

  /** Idempotent. */
  stop(): void {
    this.#watching.unsubscribe();
  }

  #jobsOf(gl: RecordableGl): Gl['jobs$'] {
    this.#gl = gl;
    return gl.jobs$;
  }
}
