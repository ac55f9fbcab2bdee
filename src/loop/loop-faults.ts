/** What the flip loop reports, in words. */
import { errnoName, GuestheadError } from '../errors.js';

const operation = 'DRM_IOCTL_MODE_ATOMIC';

export function rejection(errno: number): GuestheadError {
  const what = `The display refused a page flip with ${errnoName(errno)}`;
  return new GuestheadError('ERR_COMMIT', what, { operation, errno });
}

export function notMaster(errno: number): GuestheadError {
  return new GuestheadError('ERR_NOT_MASTER', 'Another process took the display (DRM master)', {
    operation,
    errno,
    advice: 'flips go on when it gives the display back',
  });
}

/** `fences`: those that are pending, by driver and timeline. */
export function noFlip(ms: number, fences: readonly string[]): GuestheadError {
  return new GuestheadError('ERR_FLIP_TIMEOUT', `No flip event for ${ms} ms`, {
    advice:
      fences.length === 0
        ? 'no fence is pending: the host holds the display up'
        : `it waits for the fence of ${fences.join(', ')}: that driver has not finished with the buffer`,
  });
}

/** `waiting`: what each buffer waits for. */
export function allLocked(ms: number, waiting: readonly string[]): GuestheadError {
  return new GuestheadError('ERR_FLIP_TIMEOUT', `Every buffer has been locked for ${ms} ms`, {
    advice: `${waiting.join('; ')}: the host, or another reader, does not let go of them`,
  });
}
