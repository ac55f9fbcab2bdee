import { constants } from 'node:os';
import { errnoOf } from '../../errors.js';

/** Whether the port only has nothing to read, or no room, at the moment. */
export function isAgain(error: unknown): boolean {
  return errnoOf(error) === constants.errno.EAGAIN;
}
