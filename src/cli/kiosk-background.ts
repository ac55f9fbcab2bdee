/** What `guesthead kiosk` shows where no client is: a colour or a picture, as it is asked for and as it is drawn. */
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { errnoOf, GuestheadError } from '../errors.js';
import type { Backdrop } from '../kiosk/index.js';
import { readPng } from '../render/index.js';

export type BackgroundChoice = number | { readonly file: string } | undefined;

/** 0xRRGGBB, or a picture's file; undefined: the last picture stays. */
export function backgroundOf(word: string): BackgroundChoice {
  if (word === 'last') return undefined;
  if (/^#?[0-9a-f]{6}$/i.test(word)) return Number.parseInt(word.replace('#', ''), 16);
  if (/\.png$/i.test(word)) return { file: word };
  throw new InvalidArgumentError(
    'It is neither last, nor a colour of six hexadecimal digits, nor a file that ends in .png.',
  );
}

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
