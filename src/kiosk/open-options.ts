/** What a kiosk was asked for; checked in one place, before any device is touched. */
import { checkOptions, type CheckedOf, type OptionsOf } from '../declare.js';
import { GuestheadError } from '../errors.js';
import type { GpuOptions } from '../gpus/index.js';
import { parseHeadOptions, type HeadOptions } from '../head/index.js';
import { kioskOptions } from './declared.js';

/**
 * What a kiosk can be asked for, beside what its GPUs and its heads can be: those of `openGpus`, and mode, path, buffers and
 * onResize of `openHead` for each head.
 * @interface
 */
export type OpenKioskOptions = OptionsOf<typeof kioskOptions> &
  GpuOptions &
  Pick<HeadOptions, 'mode' | 'path' | 'buffers' | 'onResize'>;

export interface CheckedKioskOptions extends Omit<CheckedOf<typeof kioskOptions>, 'rotation'> {
  readonly rotation: number;
  readonly gpus: GpuOptions;
  readonly head: HeadOptions;
}

/** Throws ERR_USAGE. */
export function parseKioskOptions(options: OpenKioskOptions): CheckedKioskOptions {
  const checked = checkOptions(kioskOptions, options);
  const { connectors, heads, rotation = 0 } = checked;
  if (heads !== undefined && connectors !== undefined)
    throw new GuestheadError('ERR_USAGE', 'A kiosk has either heads that are open or connectors', {
      advice: 'leave one of `heads` and `connectors` out',
    });
  if (checked.seat === 'libseat' && (heads !== undefined || options.displayFd !== undefined))
    throw new GuestheadError('ERR_USAGE', 'A kiosk that is given its heads or its display has no seat of its own', {
      advice: 'leave `seat` out, or `heads` and `displayFd`',
    });
  const { mode, path, buffers, onResize, ...gpus } = options;
  // A client's own buffer is shown where that can be: most heads never draw into a third of theirs, of 33 MB at 4K.
  const head: HeadOptions = { mode, path, buffers, onResize, allocation: 'on-demand' };
  parseHeadOptions(head);
  return { ...checked, rotation, gpus, head };
}
