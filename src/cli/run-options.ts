import type { DisplayOptions, HeadOptions } from '../output/index.js';
import type { PatternName } from '../render/index.js';

export interface RunOptions extends Omit<HeadOptions, 'connector'>, DisplayOptions {
  /** Names, or `all`; without any the first that is connected. */
  readonly connector?: readonly string[];
  readonly pattern?: PatternName;
  readonly frames?: number;
  readonly seconds?: number;
  readonly json?: boolean;
}
