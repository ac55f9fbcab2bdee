/** The wait for DRM master while another process has the display. */
import { setTimeout as timer } from 'node:timers/promises';
import { GuestheadError } from '../errors.js';
import type { CheckedGpuOptions } from './options.js';

/** Resolves after `ms`, or earlier when the signal is aborted. */
type Sleep = (ms: number, signal: AbortSignal | undefined) => Promise<void>;

/** The kernel says nothing when a master goes. */
const masterPollMs = 250;

/**
 * Resolves with what `open` gave: a node that is DRM master, opened anew at each try. The
 * kernel makes whoever opens a node without a master its master, but lets SET_MASTER on an open
 * file do so only with CAP_SYS_ADMIN, or where that file was master before (drm_master_open and
 * drm_master_check_perm in drm_auth.c). So a file that came second would stay second for ever.
 * `open` leaves nothing open where it throws. Throws what is not ERR_NOT_MASTER at once, and
 * the signal's reason once it is aborted.
 */
export async function masterInTime<T>(
  open: () => T,
  { onWait, signal }: Pick<CheckedGpuOptions, 'onWait' | 'signal'>,
  sleep: Sleep = untilTimeOrAbort,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    signal?.throwIfAborted();
    const opened = tryOnce(open);
    if ('master' in opened) return opened.master;
    if (tries === 0) onWait(opened.refusal);
    await sleep(masterPollMs, signal);
  }
}

function tryOnce<T>(open: () => T): { readonly master: T } | { readonly refusal: GuestheadError } {
  try {
    return { master: open() };
  } catch (error) {
    if (error instanceof GuestheadError && error.code === 'ERR_NOT_MASTER') return { refusal: error };
    throw error;
  }
}

/** The caller throws the signal's own reason, which is not what the timer rejects with. */
async function untilTimeOrAbort(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await timer(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
