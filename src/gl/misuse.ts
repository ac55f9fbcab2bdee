/** What the addon, or V8, says of a wrong argument, as ERR_USAGE. */
import { coded, GuestheadError } from '../errors.js';

/** Calls it; a RangeError or TypeError of its becomes ERR_USAGE, a system call's failure ERR_SYSTEM. `what` completes "… cannot be used". */
export function given<T>(what: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof TypeError)) throw coded(error);
    throw new GuestheadError('ERR_USAGE', `${what} cannot be used: ${error.message}`, { cause: error });
  }
}
