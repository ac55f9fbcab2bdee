/** Flips that came later than the next refresh while the render GPU drew, and whether its own time is why. */
import type { RunResult, Samples } from '../../src/report/index.js';

export interface Misses {
  readonly flips: number;
  /** That came later than one refresh after the flip before. */
  readonly late: number;
  /** Of these, those that came later than the refresh after the end of their drawing, counted from that flip. */
  readonly unaccounted: number;
}

export const missesRun = ['--draw', 'gl', '--pattern', 'smpte', '--frames', '200', '--json', '--samples'];

export function missesIn({ mode, samples }: Pick<RunResult, 'mode'> & { readonly samples: Samples }): Misses {
  const refreshes = (ms: number) => (ms * mode.refreshHz) / 1000;
  const taken = samples.intervalMs.map((ms) => Math.round(refreshes(ms)));
  const drawing = samples.drawMs.map((ms) => Math.max(1, Math.ceil(refreshes(ms))));
  const late = taken.filter((count) => count > 1);
  const unaccounted = taken.filter((count, index) => count > (drawing[index] ?? 1));
  return { flips: taken.length, late: late.length, unaccounted: unaccounted.length };
}
