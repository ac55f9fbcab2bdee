import type { HeadOptions } from '../output/index.js';
import type { PatternName } from '../render/index.js';

export interface RunOptions extends HeadOptions {
  readonly pattern?: PatternName;
  readonly frames?: number;
  readonly seconds?: number;
  readonly json?: boolean;
}
