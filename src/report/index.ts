export { describeRun, judgeRun } from './result.js';
export type { HostCaptures, RunResult } from './result.js';
export { RunStatistics } from './statistics.js';
export type { Figures, Percentiles } from './statistics.js';
