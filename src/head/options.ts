/** What a head was asked for; checked in one place, before any device is touched. */
import { checkOptions, type CheckedOf, type OptionsOf } from '../declare.js';
import { GuestheadError } from '../errors.js';
import { parseMode, type ModeRequest } from '../kms/index.js';
import { headOptions } from './declared.js';

/**
 * What a head can be asked for: connector, mode, buffer path, pace, and what to do when something changes.
 * @interface
 */
export type HeadOptions = OptionsOf<typeof headOptions>;

type Checked = CheckedOf<typeof headOptions>;

/** Where the default depends on another option it has been chosen. */
export interface CheckedHeadOptions extends Omit<Checked, 'mode' | 'path' | 'onResize'> {
  readonly mode: ModeRequest | undefined;
  readonly path: NonNullable<Checked['path']>;
  readonly onResize: NonNullable<Checked['onResize']>;
}

/** Throws ERR_USAGE that names the valid choices. */
export function parseHeadOptions(options: HeadOptions): CheckedHeadOptions {
  const checked = checkOptions(headOptions, options);
  const { mode, update, presentMode, deadline } = checked;
  const path = checked.path ?? (update === 'flip' ? 'auto' : 'export');
  if (update === 'dirtyfb' && path !== 'export')
    throw new GuestheadError('ERR_USAGE', 'DIRTYFB is for a buffer of the display', { advice: 'use the path export' });
  if (presentMode === 'mailbox' && deadline)
    throw new GuestheadError('ERR_USAGE', 'A late drawing leaves no time for a newer one', {
      advice: 'choose mailbox or deadline',
    });
  return {
    ...checked,
    mode: mode === undefined ? undefined : parseMode(mode),
    path,
    onResize: checked.onResize ?? (mode === undefined ? 'follow' : 'keep'),
  };
}
