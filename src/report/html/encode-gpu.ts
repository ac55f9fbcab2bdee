/** The GPU's recording as the columns of numbers that a page carries. */
import type { RecordedGpu, RecordedJob } from '../gl-recording.js';
import type { GpuData } from './report-data.js';

/** `from` and `to` are those of the measured flips: the first drawing, with which a driver compiles, would hide all others. */
export function encodeGpu(gpu: RecordedGpu, originMs: number, from: number, to: number): GpuData {
  const isMeasured = (ms: number) => ms > from && ms <= to;
  const drawings = gpu.jobs.filter(({ job, doneMs }) => job.what === 'compose' && isMeasured(doneMs));
  const fences = gpu.renderFences.filter(({ signalledMs }) => isMeasured(signalledMs));
  const column = (pick: (drawing: RecordedJob) => number) => drawings.map((drawing) => microseconds(pick(drawing)));
  return {
    drawings: {
      atUs: column(({ doneMs }) => doneMs - originMs),
      callUs: column(({ job }) => job.callMs),
      queueUs: column(({ job }) => job.queueMs),
      waitUs: column(({ job }) => job.waitMs),
      drawUs: column(({ job }) => job.drawMs),
    },
    renderFences: {
      atUs: fences.map(({ signalledMs }) => microseconds(signalledMs - originMs)),
      us: fences.map(({ calledMs, signalledMs }) => microseconds(signalledMs - calledMs)),
    },
  };
}

function microseconds(ms: number): number {
  return Math.round(ms * 1000);
}
