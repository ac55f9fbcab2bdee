/** ffi-napi, loaded at its first use: its compiled part may be missing, which is then a failure like any other. */
import { createRequire } from 'node:module';
import type ffi from 'ffi-napi';
import { addonMissing } from '../addon-missing.js';

export type Ffi = typeof ffi;

let loaded: Ffi | undefined;
/** The set-up's bundle.mjs puts a plain `require` here, which brings ffi-napi into the bundled command. */
const require = createRequire(import.meta.url);

export function ffiNapi(): Ffi {
  return (loaded ??= loadFfi(() => require('ffi-napi')));
}

/** What `load` returns, or why it is missing. */
export function loadFfi(load: () => unknown): Ffi {
  try {
    return load() as Ffi;
  } catch (cause) {
    throw addonMissing('ffi-napi', cause);
  }
}
