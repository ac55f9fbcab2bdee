/** What a `draw` returned, checked. */
import { ClientBuffer, Fence } from '../buffer/index.js';
import { GuestheadError } from '../errors.js';
import type { DrawnFrame, DrawResult } from './frame.js';

/** A `draw` in JavaScript may return anything. Throws ERR_USAGE. */
export function checkedResult(result: DrawResult): DrawnFrame {
  if (result === undefined) return {};
  if (typeof result !== 'object' || (result as unknown) === null)
    throw new GuestheadError('ERR_USAGE', `draw returned a ${typeof result}`, {
      advice: 'return nothing, { fence } or { buffer, fence }, with a Fence and not its descriptor',
    });
  const { fence, buffer } = result;
  if (fence !== undefined && !((fence as unknown) instanceof Fence))
    throw new GuestheadError('ERR_USAGE', 'What draw returned as fence is no Fence', { advice: 'use Fence.adopt(fd)' });
  if (buffer !== undefined && !((buffer as unknown) instanceof ClientBuffer))
    throw new GuestheadError('ERR_USAGE', 'What draw returned as buffer is no imported buffer');
  return result;
}

/** Closed where the frame is not shown, whatever else is wrong with what came. */
export function fenceOf(result: DrawResult): Fence | undefined {
  const fence: unknown = (result as DrawnFrame | undefined)?.fence;
  return fence instanceof Fence ? fence : undefined;
}
