export { CpuMeter } from './cpu-meter.js';
export { FaultLog } from './fault-log.js';
export type { LoggedFault } from './fault-log.js';
export { combine, describeRun, judgeRun } from './result.js';
export type { Circumstances, HeadsResult, HostCaptures, RunResult } from './result.js';
export { RunStatistics } from './statistics.js';
export type { Figures, Percentiles } from './statistics.js';
