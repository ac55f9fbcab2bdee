/** What a page is made from. */
import type { MachineFact } from '../machine-facts.js';
import type { RecordedGpu } from '../gl-recording.js';
import type { Recording } from '../recording.js';
import type { RunResult } from '../result.js';

export type RecordedRun = Pick<Recording, 'frames' | 'faults' | 'flushFences' | 'forgotten'>;

export interface ReportedHead {
  readonly result: RunResult;
  readonly recording: RecordedRun;
  /** The measured flips came after `fromMs`, up to `toMs`; CLOCK_MONOTONIC. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Report {
  readonly heads: readonly ReportedHead[];
  readonly facts: readonly MachineFact[];
  readonly madeAt: Date;
  /** Where the GPU drew. */
  readonly gpu?: RecordedGpu | undefined;
}
