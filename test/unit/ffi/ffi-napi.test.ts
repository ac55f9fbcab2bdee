import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadFfi } from '../../../src/ffi/ffi-napi.js';

describe('ffi-napi', () => {
  it('that has no compiled part for this machine is missing, with what to do about it', () => {
    const load = (): never => {
      throw new Error('No native build was found for platform=linux arch=arm64\n    loaded from: a folder');
    };
    assert.throws(() => loadFfi(load), {
      code: 'ERR_ADDON_MISSING',
      message: 'ffi-napi could not be loaded: No native build was found for platform=linux arch=arm64',
      advice: 'run `npm run setup`',
    });
  });
});
