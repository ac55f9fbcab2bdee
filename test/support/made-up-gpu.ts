/** A GPU's jobs that never were, as `Gl.jobs$` would tell them. */
import type { GlJob } from '../../src/gl/index.js';
import type { RecordedGpu, RecordedJob } from '../../src/report/index.js';

export function jobOf(changes: Partial<GlJob> = {}): GlJob {
  const usual = {
    what: 'compose',
    calledAtMs: 1000,
    callMs: 0.25,
    queueMs: 1,
    waitMs: 0,
    drawMs: 4,
    resultMs: 0.05,
  } as const;
  return Object.assign({ error: undefined }, usual, changes);
}

/** As recorded by a clock that shows the same as `performance.now()`. */
export function recordedJob(job: GlJob): RecordedJob {
  const queuedMs = job.calledAtMs + job.callMs;
  const begunMs = queuedMs + job.queueMs;
  const drawingMs = begunMs + job.waitMs;
  return { job, calledMs: job.calledAtMs, queuedMs, begunMs, drawingMs, doneMs: drawingMs + job.drawMs };
}

export function madeUpGpu(jobs: readonly GlJob[], changes: Partial<RecordedGpu> = {}): RecordedGpu {
  const recorded = jobs.map(recordedJob);
  const drawings = recorded.filter(({ job }) => job.what === 'compose');
  return {
    info: {
      platform: 'gbm',
      vendor: 'Mesa <b>',
      renderer: 'llvmpipe (LLVM 15.0.6, 256 bits)',
      glVersion: 'OpenGL ES 3.2 Mesa 22.3.6',
      eglVersion: '1.4',
      maxTextureSize: 16384,
      nativeFence: false,
      dmabufImport: true,
      dmabufModifiers: true,
      externalTextures: true,
      robust: false,
      software: true,
      ownMemoryOnly: true,
      formats: [],
    },
    fenceKind: 'finish',
    renewals: 0,
    jobs: recorded,
    renderFences: drawings.map(({ calledMs, doneMs }) => ({ calledMs, signalledMs: doneMs + 0.5 })),
    forgotten: 0,
    ...changes,
  };
}
