/** Render fences of several sources as one. */
import { closeSync } from 'node:fs';
import { coded, GuestheadError } from '../errors.js';
import { loadNative, type Native } from '../native.js';

/**
 * A new sync_file that signals when all of these have: for a `draw` that renders on several
 * queues. The given ones stay the caller's, who closes them; the new one is the
 * caller's too, until `draw` returns it. Throws ERR_USAGE for none, ERR_SYSTEM where one is no
 * sync_file.
 */
export function mergeFences(fences: readonly number[], native: Native = loadNative()): number {
  const [first, ...others] = fences;
  if (first === undefined) throw new GuestheadError('ERR_USAGE', 'There is no fence to merge');
  try {
    let merged = native.mergeSyncFiles(first, others[0] ?? first);
    for (const fence of others.slice(1)) merged = mergeInto(merged, fence, native);
    return merged;
  } catch (error) {
    throw coded(error);
  }
}

/** The first is closed, also when the merge fails. */
function mergeInto(first: number, second: number, native: Native): number {
  try {
    return native.mergeSyncFiles(first, second);
  } finally {
    closeSync(first);
  }
}
