/** What `guesthead kiosk` shows where no client is, as it is asked for. */
import { InvalidArgumentError } from 'commander';

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
