/** What words of `guesthead kiosk` mean. */
import { InvalidArgumentError } from 'commander';
import type { KeymapChoice } from '../input/index.js';
import {
  cursorModes,
  idleLooks,
  leastScale,
  mostScale,
  type IdleScreenChoice,
  type Rotation,
} from '../kiosk/declared.js';
import type { CursorMode } from '../kiosk/index.js';

export function cursorMode(word: string): CursorMode {
  const named = cursorModes.find((mode) => mode === word);
  const seconds = Number(word);
  if (named === undefined && !(word !== '' && seconds > 0 && Number.isFinite(seconds)))
    throw new InvalidArgumentError(`It is none of ${cursorModes.join(', ')}, and no number of seconds.`);
  return named ?? seconds;
}

/** In the order of wl_output.transform. */
export const rotations = ['0', '90', '180', '270'] as const;

export function rotationOf(word: (typeof rotations)[number] = '0'): Rotation {
  return Number(word) as Rotation;
}

export function scaleOf(word: string): number {
  const scale = Number(word);
  if (word !== '' && scale >= leastScale && scale <= mostScale) return scale;
  throw new InvalidArgumentError(`It is no number from ${leastScale} to ${mostScale}.`);
}

/** As 600=black. */
export function idleOf(word: string): IdleScreenChoice {
  const [seconds = '', name] = word.split('=');
  const look = idleLooks.find((one) => one === name);
  const afterMs = Number(seconds) * 1000;
  if (look !== undefined && seconds !== '' && afterMs > 0 && Number.isFinite(afterMs)) return { afterMs, look };
  throw new InvalidArgumentError(`It is no number of seconds with =${idleLooks.join(' or =')} after it.`);
}

/** A path has a slash. */
export function keymapOf(word: string): KeymapChoice {
  if (word.includes('/')) return { file: word };
  const [layout = '', variant = '', ...options] = word.split(':');
  const given = (text: string) => (text === '' ? undefined : text);
  return { layout: given(layout), variant: given(variant), options: given(options.join(':')) };
}
