/** What `Head.flips` was given. */
import { isObservable } from 'rxjs';
import { assertGiven, isObject } from '../arguments.js';

/** Throws ERR_USAGE. */
export function checkFlips(draw: unknown, options: unknown): void {
  assertGiven(typeof draw === 'function', draw, 'function that draws', 'give flips((frame) => { … })');
  assertGiven(isObject(options), options, 'object of options', 'give { when$ }');
  const { when$ } = options;
  assertGiven(when$ === undefined || isObservable(when$), when$, 'Observable', '`when$` is one of rxjs 7');
}
