/** The wait for DRM master while another process has the display. */
import { setTimeout as timer } from 'node:timers/promises';
import type { DrmNode } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import type { CheckedGpuOptions } from './options.js';

/** Resolves after `ms`, or earlier when the signal is aborted. */
type Sleep = (ms: number, signal: AbortSignal | undefined) => Promise<void>;

/** The kernel says nothing when a master goes. */
const masterPollMs = 250;

/** Throws what is not ERR_NOT_MASTER at once, and the signal's reason once it is aborted. */
export async function becomeMasterInTime(
  node: Pick<DrmNode, 'becomeAtomicMaster'>,
  { onWait, signal }: Pick<CheckedGpuOptions, 'onWait' | 'signal'>,
  sleep: Sleep = untilTimeOrAbort,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    signal?.throwIfAborted();
    const refusal = tryOnce(node);
    if (refusal === undefined) return;
    if (tries === 0) onWait(refusal);
    await sleep(masterPollMs, signal);
  }
}

/** Why it is another's still. */
function tryOnce(node: Pick<DrmNode, 'becomeAtomicMaster'>): GuestheadError | undefined {
  try {
    node.becomeAtomicMaster();
    return undefined;
  } catch (error) {
    if (error instanceof GuestheadError && error.code === 'ERR_NOT_MASTER') return error;
    throw error;
  }
}

/** The caller throws the signal's own reason, which is not what the timer rejects with. */
async function untilTimeOrAbort(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await timer(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
