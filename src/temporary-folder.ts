/** Folders for what lives no longer than this process. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoOf, GuestheadError } from './errors.js';

/** A new one, which only its user reads; its owner is who called. Throws ERR_SYSTEM where none can be made. */
export function temporaryFolder(prefix: string): string {
  const parent = tmpdir();
  try {
    return mkdtempSync(join(parent, prefix));
  } catch (error) {
    throw new GuestheadError('ERR_SYSTEM', `No folder can be made in ${parent}`, {
      operation: 'mkdtemp',
      errno: errnoOf(error),
      advice: 'set TMPDIR to a folder that can be written, and has room',
      cause: error,
    });
  }
}
