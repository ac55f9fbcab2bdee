/** The wait for DRM master while another process has the display. */
import type { DrmNode } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { monotonicClock, type Clock } from './clock.js';
import type { CheckedDisplayOptions, DisplayOptions } from './options.js';

/** The kernel says nothing when a master goes. */
const masterPollMs = 250;

/** Throws what is not ERR_NOT_MASTER at once, and the signal's reason once it is aborted. */
export async function becomeMasterInTime(
  node: Pick<DrmNode, 'becomeAtomicMaster'>,
  { onWait, signal }: Pick<CheckedDisplayOptions, 'onWait'> & Pick<DisplayOptions, 'signal'>,
  clock: Clock = monotonicClock,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    signal?.throwIfAborted();
    const refusal = tryOnce(node);
    if (refusal === undefined) return;
    if (tries === 0) onWait(refusal);
    await sleep(masterPollMs, clock, signal);
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

/** An abort cuts it short. */
function sleep(ms: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal?.addEventListener('abort', end);
  });
}
