/** What the flip loop reports, in words. */
import { errnoName, GuestheadError } from '../errors.js';

const operation = 'DRM_IOCTL_MODE_ATOMIC';

export function rejection(errno: number, modeset: boolean): GuestheadError {
  const what = `The display refused ${modeset ? 'the mode with this buffer' : 'a page flip'} with ${errnoName(errno)}`;
  return new GuestheadError('ERR_COMMIT', what, { operation, errno });
}

export function notMaster(errno: number): GuestheadError {
  return new GuestheadError('ERR_NOT_MASTER', 'Another process took the display (DRM master)', {
    operation,
    errno,
    advice: 'flips go on when it gives the display back',
  });
}

/** `errno`: of a commit that the kernel has been too busy for, for so long. */
export function refusedFor(ms: number, errno: number): GuestheadError {
  return new GuestheadError('ERR_FLIP_TIMEOUT', `The display has refused each commit for ${ms} ms`, {
    operation,
    errno,
    advice: 'it is tried again for as long as it takes; a display that is off says EBUSY until it is on again',
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
