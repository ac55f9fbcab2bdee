export { CpuMeter } from './cpu-meter.js';
export { emulationOf } from './emulation.js';
export { FaultLog } from './fault-log.js';
export type { LoggedFault } from './fault-log.js';
export { processStartMs } from './process-start.js';
export { reportPage } from './html/index.js';
export type { RecordedRun, Report, ReportedHead } from './html/index.js';
export { machineFacts } from './machine-facts.js';
export type { MachineFact } from './machine-facts.js';
export { OutputFile } from './output-file.js';
export { PaceLog } from './pace-log.js';
export { Recording } from './recording.js';
export type { RecordedFault, RecordedFlushFence, RecordedFrame } from './recording.js';
export { combine, describeRun } from './result.js';
export type {
  Figures,
  FirstFlip,
  HeadsResult,
  HostCaptures,
  Judged,
  Judgement,
  RunResult,
  WrongCapture,
} from './result.js';
export { maxSamples, SampleLog } from './samples.js';
export type { Samples } from './samples.js';
export { judgeRun } from './verdict.js';
export type { Circumstances } from './verdict.js';
