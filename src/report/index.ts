export { CpuMeter } from './cpu-meter.js';
export { FaultLog } from './fault-log.js';
export type { LoggedFault } from './fault-log.js';
export { processStartMs } from './process-start.js';
export { Recording } from './recording.js';
export type { RecordedFault, RecordedFlushFence, RecordedFrame } from './recording.js';
export { combine, describeRun, judgeRun } from './result.js';
export type { Circumstances, Figures, HeadsResult, HostCaptures, RunResult } from './result.js';
