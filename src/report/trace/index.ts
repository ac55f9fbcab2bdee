export { RunTrace } from './run-trace.js';
export type { TraceOptions, TraceVerdict } from './run-trace.js';
