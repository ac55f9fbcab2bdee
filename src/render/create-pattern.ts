/** From a pattern's name to the pattern. */
import { shown } from '../arguments.js';
import { GuestheadError } from '../errors.js';
import { createBars } from './bars.js';
import { createCounter } from './counter.js';
import { patternNames, type Pattern, type PatternName } from './pattern.js';

const creators: Record<PatternName, () => Pattern> = {
  bars: createBars,
  counter: createCounter,
  none: () => ({ name: 'none', draw: () => undefined }),
};

/**
 * - `bars`: colour bars and a moving white bar;
 * - `counter`: the same with the frame number as a bar code above and below, for `judgeCapture`;
 * - `none`: draws nothing in any frame, not even the first; for benchmarks.
 *
 * Throws ERR_USAGE, naming the choices, for a name that is none of them.
 */
export function createPattern(name: PatternName): Pattern {
  if (patternNames.includes(name)) return creators[name]();
  throw new GuestheadError('ERR_USAGE', `${shown(name)} is no pattern`, {
    advice: `choose one of ${patternNames.join(', ')}`,
  });
}
