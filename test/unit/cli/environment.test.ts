import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { environmentOf } from '../../../src/cli/environment.js';

describe('--env', () => {
  it('gives a value, or takes it from here; the last one wins', () => {
    assert.deepEqual(environmentOf(['A=1', 'B', 'C=', 'D=x=y\nz', 'A=2'], { B: 'b' }), {
      A: '2',
      B: 'b',
      C: '',
      D: 'x=y\nz',
    });
    assert.deepEqual(environmentOf([]), {});
  });

  it('refuses what is no name, and a name that has no value here', () => {
    for (const word of ['', '=1', '1A=2', 'A-B=1', 'A B'])
      assert.throws(() => environmentOf([word]), { code: 'ERR_USAGE', advice: 'write NAME or NAME=VALUE' }, word);
    assert.throws(() => environmentOf(['NOT_HERE'], {}), { code: 'ERR_USAGE', advice: 'write --env NOT_HERE=VALUE' });
  });
});
