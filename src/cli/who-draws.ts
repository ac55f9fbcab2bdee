/** Who draws in a run: decided before anything is opened where it can be, and else once GL is. */
import type { DrawName } from '../gl/choices.js';
import { glPatternNames } from '../gl-patterns/choices.js';
import { GuestheadError } from '../errors.js';
import type { RunOptions } from './run-options.js';

type Asked = Pick<RunOptions, 'draw' | 'pattern' | 'load' | 'fence' | 'update'>;

/** As asked for, or as the other options need it. Throws ERR_USAGE for options that do not go together. */
export function drawOf({ draw, pattern, load, fence, update }: Asked): DrawName {
  const needs = [
    ...(isGlOnly(pattern) ? [`--pattern ${pattern}`] : []),
    ...(load === undefined ? [] : ['--load']),
    ...(fence === undefined ? [] : ['--fence']),
  ];
  const who = draw ?? (needs.length > 0 ? 'gl' : 'cpu');
  if (who === 'cpu' && needs[0] !== undefined)
    throw new GuestheadError('ERR_USAGE', `${needs[0]} is for the render GPU, and --draw cpu has the CPU draw`, {
      advice: isGlOnly(pattern) ? 'take --draw gl, or --pattern bars or counter' : 'take --draw gl, or leave it out',
    });
  if (who !== 'cpu' && update === 'dirtyfb')
    throw new GuestheadError('ERR_USAGE', '--update dirtyfb shows a buffer while it is drawn, which the CPU does', {
      advice: 'take --draw cpu, or --update flip',
    });
  return who;
}

/** Nobody but GL draws it. */
export function isGlOnly(pattern: RunOptions['pattern']): pattern is (typeof glPatternNames)[number] {
  return (glPatternNames as readonly (string | undefined)[]).includes(pattern);
}
