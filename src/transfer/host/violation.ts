/** What an end did that it may not: whoever catches this drops it. */
import { GuestheadError } from '../../errors.js';

/** `why` has a subject and a verb: "it releases an export that it does not hold". */
export function violation(why: string): GuestheadError {
  return new GuestheadError('ERR_PROTOCOL', `The other end breaks the protocol of the transfer: ${why}`, {
    advice: 'see docs/transfer-protocol.md for what each end may say, and when',
  });
}
