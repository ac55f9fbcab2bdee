export { CpuMeter } from './cpu-meter.js';
export { FaultLog } from './fault-log.js';
export type { LoggedFault } from './fault-log.js';
export { combine, describeRun, judgeRun } from './result.js';
export type { Circumstances, Figures, HeadsResult, HostCaptures, RunResult } from './result.js';
