/** What a page is made from. */
import type { MachineFact } from '../machine-facts.js';
import type { RecordedGpu } from '../gl-recording.js';
import type { Recording } from '../recording.js';
import type { RunResult } from '../result.js';

export type RecordedRun = Pick<Recording, 'frames' | 'faults' | 'flushFences' | 'forgotten'>;

/** A head's part in the charts. */
export interface ChartedHead {
  readonly result: Pick<RunResult, 'display' | 'mode' | 'buffers'>;
  readonly recording: RecordedRun;
  /** The measured flips came after `fromMs`, up to `toMs`; CLOCK_MONOTONIC. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ReportedHead extends ChartedHead {
  readonly result: RunResult;
}

export interface Report {
  readonly heads: readonly ReportedHead[];
  readonly facts: readonly MachineFact[];
  readonly madeAt: Date;
  /** Where the GPU drew. */
  readonly gpu?: RecordedGpu | undefined;
}
