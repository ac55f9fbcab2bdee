/** What is said where a compiled part does not load: this package's own addon, or ffi-napi's. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GuestheadError, messageOf } from './errors.js';
import { packageRoot } from './package-root.js';

/** `name` as in "ffi-napi could not be loaded". */
export function addonMissing(name: string, cause: unknown): GuestheadError {
  const [why = ''] = messageOf(cause).split('\n');
  const inCheckout = existsSync(join(packageRoot, 'scripts/setup.mjs'));
  return new GuestheadError('ERR_ADDON_MISSING', `${name} could not be loaded: ${why}`, {
    cause,
    advice: inCheckout
      ? 'run `npm run setup`'
      : 'run `guesthead build-addon`: it compiles what is not prebuilt for this machine, and says what it needs',
  });
}
