/** Who draws in this run, ready to: the module that draws by GL is loaded only where that is asked for. */
import type { Gpus } from '../head/index.js';
import { cpuPainters } from './cpu-painter.js';
import type { Painters } from './head-painter.js';
import type { HeadRunOptions, RunPattern } from './run-options.js';
import type { StartTimes } from './start-times.js';
import { drawOf } from './who-draws.js';

/** Throws ERR_USAGE; with `gl`, why GL cannot be had. */
export async function paintersOf(
  gpus: Gpus,
  pattern: RunPattern,
  options: HeadRunOptions,
  start: StartTimes,
): Promise<Painters> {
  const draw = drawOf({ ...options, pattern });
  if (draw === 'cpu') return cpuPainters(gpus, pattern, null);
  const { glPainters } = await import('./gl-painter.js');
  return glPainters(gpus, draw, pattern, options, start);
}
