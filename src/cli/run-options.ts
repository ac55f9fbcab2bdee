import type { GpuOptions } from '../gpus/index.js';
import type { HeadOptions } from '../head/index.js';
import type { PatternName } from '../render/index.js';
import type { Address } from '../report/metrics/index.js';

/** Of each head in a run, and of the run. */
export interface HeadRunOptions extends Omit<HeadOptions, 'connector'> {
  /** Names, or `all`; without any the first that is connected. */
  readonly connector?: readonly string[];
  readonly pattern?: PatternName;
  readonly frames?: number;
  readonly seconds?: number;
  readonly json?: boolean;
  /** Each measured frame's values in the result. */
  readonly samples?: boolean;
}

export interface RunOptions extends HeadRunOptions, Pick<GpuOptions, 'render' | 'display' | 'wait' | 'reopen'> {
  /** A file for the run's trace events. */
  readonly trace?: string;
  /** Where to serve the figures meanwhile. */
  readonly metrics?: Address;
  /** The HTML file that tells of the run. */
  readonly report?: string;
}
