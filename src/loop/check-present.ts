/** What a program gave `present` beside the picture, looked at before it is used. */
import { assertGiven, isObject } from '../arguments.js';
import { Fence } from '../buffer/index.js';
import { GuestheadError } from '../errors.js';
import type { PresentOptions } from './present.js';

/** Throws ERR_USAGE, or ERR_CLOSED for a fence that is closed or has been given to a present before. */
export function checkPresent(options: PresentOptions): void {
  assertGiven(isObject(options), options, 'object of options', 'give { fence, damage, onOutcome, onReleased }');
  const { fence, damage, onOutFence, onOutcome, onReleased } = options;
  assertGiven(fence === undefined || fence instanceof Fence, fence, 'Fence', 'use Fence.adopt(fd)');
  if (fence?.closed === true) throw new GuestheadError('ERR_CLOSED', 'The fence is closed, or was presented before');
  assertGiven(damage === undefined || Array.isArray(damage), damage, 'list of rectangles');
  assertCallback(onOutFence, 'function for onOutFence');
  assertCallback(onOutcome, 'function for onOutcome');
  assertCallback(onReleased, 'function for onReleased');
}

function assertCallback(callback: unknown, named: string): void {
  assertGiven(callback === undefined || typeof callback === 'function', callback, named);
}
