/** What the command's options ask of `openKiosk`. */
import { parseGivenPlace } from '../input/index.js';
import type { Backdrop, InputChoice, OpenKioskOptions } from '../kiosk/index.js';
import type { KioskPlan } from './kiosk-clients.js';
import type { KioskOptions } from './kiosk-options.js';
import { rotationOf } from './kiosk-words.js';

/** Throws ERR_USAGE. */
export function kioskWishes(
  { connectors, appIds }: Pick<KioskPlan, 'connectors' | 'appIds'>,
  options: KioskOptions,
  background: Backdrop | undefined,
): OpenKioskOptions {
  const { render, display, wait, reopen, mode, path, buffers, scale, rotate, draw } = options;
  const { input, touch, keymap, cursor, idle, seat } = options;
  return {
    ...{
      render,
      display,
      wait,
      reopen,
      mode,
      path,
      buffers,
      scale,
      draw,
      keymap,
      cursor,
      seat,
      background,
      idleScreen: idle,
    },
    ...{ connectors, appIds },
    rotation: rotationOf(rotate),
    input: inputOf(input),
    touch: touch?.map(parseGivenPlace),
  };
}

function inputOf(words: string | undefined): InputChoice | undefined {
  return words === undefined || words === 'all' || words === 'none' ? words : words.split(',');
}
