/** How the render GPU drew in a run, and how that reads. */
import type { Gl } from '../gl/index.js';
import { Durations, type Percentiles } from '../head/index.js';

type GlInfo = Gl['info'];

export interface GlResult extends Pick<GlInfo, 'renderer' | 'vendor' | 'platform' | 'nativeFence'> {
  /** GL_VERSION. */
  readonly version: string;
  /** What frames were handed over with. */
  readonly fence: 'native' | 'finish' | 'implicit' | 'none';
  /** With `implicit`: whether the driver put a fence on a frame's dma-buf; null where nothing tells. */
  readonly implicitFence: boolean | null;
  /** Of `--load`, as measured before the run; null without it. */
  readonly loadMs: number | null;
  /** A frame's jobs with the driver; where that waits for the GPU (`finish`), the GPU's time too. */
  readonly drawMs: Percentiles | null;
  /** And before, in the queue of the GPU's thread. */
  readonly queueMs: Percentiles | null;
  /** From a frame's handing over to its fence's signal; null where there is no fence. */
  readonly renderFenceMs: Percentiles | null;
  /** Mean time of the GPU for one frame, without what it worked on the one before. */
  readonly gpuMs: number | null;
  /** How long a call of GL, or the callback of its result, held the JavaScript thread. */
  readonly glStallMs: Percentiles | null;
  /** Whether that is a real-time thread, which waits for no other one to have its turn. */
  readonly realTime: boolean;
  /** Frames that the CPU drew while GL was away (`--draw auto`). */
  readonly cpuFrames: number;
}

/** Gathers one head's figures. */
export class GlMeter {
  readonly #draw = new Durations();
  readonly #queue = new Durations();
  readonly #fence = new Durations();
  readonly #stall = new Durations();
  #gpu = { ms: 0, frames: 0 };
  #implicit = { arrived: 0, missing: 0 };
  #cpuFrames = 0;

  constructor(private readonly realTime = false) {}

  /** Counts anew. */
  reset(): void {
    for (const durations of [this.#draw, this.#queue, this.#fence, this.#stall]) durations.reset();
    this.#gpu = { ms: 0, frames: 0 };
    this.#implicit = { arrived: 0, missing: 0 };
    this.#cpuFrames = 0;
  }

  held(ms: number): void {
    this.#stall.record(ms);
  }

  drawn(queueMs: number, drawMs: number): void {
    this.#queue.record(queueMs);
    this.#draw.record(drawMs);
  }

  rendered(fenceMs: number, gpuMs: number): void {
    this.#fence.record(fenceMs);
    this.#gpu.ms += gpuMs;
    this.#gpu.frames++;
  }

  implicit(arrived: boolean): void {
    if (arrived) this.#implicit.arrived++;
    else this.#implicit.missing++;
  }

  drawnByCpu(): void {
    this.#cpuFrames++;
  }

  result(info: GlInfo, fence: GlResult['fence'], loadMs?: number): GlResult {
    const { renderer, vendor, platform, nativeFence, glVersion: version } = info;
    const { ms, frames } = this.#gpu;
    return {
      ...{ renderer, vendor, version, platform, nativeFence, fence },
      implicitFence: this.#implicitFence(loadMs),
      loadMs: loadMs === undefined ? null : round(loadMs),
      drawMs: this.#draw.percentiles(),
      queueMs: this.#queue.percentiles(),
      renderFenceMs: this.#fence.percentiles(),
      gpuMs: frames === 0 ? null : round(ms / frames),
      glStallMs: this.#stall.percentiles(),
      realTime: this.realTime,
      cpuFrames: this.#cpuFrames,
    };
  }

  /** A frame that has been loaded with work cannot have been done at once: a fence that is not there then never is. */
  #implicitFence(loadMs: number | undefined): boolean | null {
    const { arrived, missing } = this.#implicit;
    if (arrived > 0) return true;
    return missing > 0 && loadMs !== undefined ? false : null;
  }
}

const fences: Record<GlResult['fence'], string> = {
  native: 'native fences',
  finish: 'a finish on the GPU’s thread',
  implicit: 'the driver’s own fences on the dma-bufs',
  none: 'no fence: frames are shown unfinished',
};

/** Lines for people. */
export function describeGl(gl: GlResult): string[] {
  const load = gl.loadMs === null ? '' : `, ${gl.loadMs.toFixed(1)} ms of load`;
  const realTime = gl.realTime ? ', in real time' : '';
  const cpu = gl.cpuFrames === 0 ? '' : `, ${gl.cpuFrames} frames by the CPU`;
  return [
    `GL: ${gl.renderer} (${gl.version}, ${gl.platform}), ${fences[gl.fence]}${load}${cpu}`,
    `GL: drawing ${ms(gl.drawMs)}; render fence ${ms(gl.renderFenceMs)}; JavaScript held ${ms(gl.glStallMs)}${realTime}`,
  ];
}

function ms(values: Percentiles | null): string {
  return values === null ? 'not seen' : `${values.p50.toFixed(2)} ms (p99 ${values.p99.toFixed(2)})`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
