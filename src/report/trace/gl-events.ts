/** The GPU's thread in a trace: what waits for it, what it does, and until when each frame is drawn. */
import type { JobName } from '../../gl/index.js';
import type { RecordedGpu, RecordedJob } from '../gl-recording.js';
import { microseconds, processNamed, threadNamed, type AsyncEdge, type Slice, type TraceEvent } from './events.js';

/** Behind all heads, before the kernel. */
export const glPid = 900;
const [thread, queue, fences] = [glPid * 1000 + 1, glPid * 1000 + 2, glPid * 1000 + 3];

/** What the driver does for a job. */
const names: Readonly<Record<JobName, string>> = {
  open: 'open',
  importDmabuf: 'import',
  createPicture: 'allocate',
  createOffscreen: 'allocate',
  createEffect: 'compile',
  compose: 'draw',
  readPixels: 'read',
};

/** In the order of the jobs' ends. */
export function* glEvents(gpu: RecordedGpu): Generator<TraceEvent> {
  yield* processNamed(glPid, `GPU ${gpu.info.renderer}`, glPid);
  yield* threadNamed(glPid, thread, 'GL thread');
  yield* threadNamed(glPid, queue, 'GL queue');
  yield* threadNamed(glPid, fences, 'render fences');
  let free = 0;
  for (const [id, job] of gpu.jobs.entries()) {
    yield* pair(queue, 'queue', names[job.job.what], `q${id}`, job.queuedMs, job.begunMs);
    yield* onThread(job, free);
    free = Math.max(free, microseconds(job.doneMs));
  }
  for (const [id, { calledMs, signalledMs }] of gpu.renderFences.entries())
    yield* pair(fences, 'render fence', 'render fence', `f${id}`, calledMs, signalledMs);
}

/** The thread does one thing after the other: what was measured by two clocks shall not say otherwise by a µs. */
function* onThread({ job, begunMs, drawingMs, doneMs }: RecordedJob, freeUs: number): Generator<Slice> {
  const [begun, drawing, done] = [begunMs, drawingMs, doneMs].map((ms) => Math.max(freeUs, microseconds(ms))) as [
    number,
    number,
    number,
  ];
  const { what, callMs, queueMs, waitMs, drawMs, error } = job;
  const args = { what, callMs, queueMs, waitMs, drawMs, ...(error === undefined ? {} : { error: error.message }) };
  const placed = { ph: 'X', pid: glPid, tid: thread } as const;
  if (drawing > begun) yield { ...placed, ts: begun, dur: drawing - begun, name: 'wait', args: { what, waitMs } };
  yield { ...placed, ts: drawing, dur: Math.max(0, done - drawing), name: names[what], args };
}

/** Several may be under way at a time. */
function* pair(tid: number, cat: string, name: string, id: string, fromMs: number, toMs: number): Generator<AsyncEdge> {
  const placed = { pid: glPid, tid, cat, name, id };
  yield { ph: 'b', ...placed, ts: microseconds(fromMs) };
  yield { ph: 'e', ...placed, ts: Math.max(microseconds(fromMs), microseconds(toMs)) };
}
