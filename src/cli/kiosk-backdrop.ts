/** What `guesthead kiosk` shows where no client is, as it is drawn. */
import { readFileSync } from 'node:fs';
import { errnoOf, GuestheadError } from '../errors.js';
import type { Backdrop } from '../kiosk/index.js';
import { readPng } from '../render/index.js';
import type { BackgroundChoice } from './kiosk-background.js';

/** Throws ERR_USAGE where the file cannot be read or is no picture. */
export function backdropOf(choice: BackgroundChoice): Backdrop | undefined {
  if (typeof choice !== 'object') return choice;
  const bytes = read(choice.file);
  try {
    return readPng(bytes);
  } catch (cause) {
    if (!(cause instanceof GuestheadError)) throw cause;
    const { code, message, advice } = cause;
    throw new GuestheadError(code, `${choice.file}: ${message}`, { advice, cause });
  }
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new GuestheadError('ERR_USAGE', `The picture ${file} cannot be read`, {
      ...{ operation: 'open', errno: errnoOf(cause), cause },
      advice: 'name a PNG file that this user may read',
    });
  }
}
