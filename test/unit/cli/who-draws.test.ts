/** Who draws in a run. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawOf } from '../../../src/cli/who-draws.js';

describe('who draws', () => {
  it('is the CPU, unless something else is asked for or needed', () => {
    assert.equal(drawOf({}), 'cpu');
    assert.equal(drawOf({ pattern: 'counter' }), 'cpu');
    assert.equal(drawOf({ draw: 'auto' }), 'auto');
    assert.equal(drawOf({ pattern: 'smpte' }), 'gl');
    assert.equal(drawOf({ load: 20 }), 'gl');
    assert.equal(drawOf({ fence: 'none' }), 'gl');
  });

  for (const [asked, named] of [
    [{ pattern: 'cube' }, /--pattern cube/],
    [{ load: 5 }, /--load/],
    [{ fence: 'finish' }, /--fence/],
  ] as const)
    it(`is not the CPU with ${Object.keys(asked).join()}: what to change is said`, () => {
      assert.throws(
        () => drawOf({ draw: 'cpu', ...asked }),
        (error: { code: string; message: string; advice: string }) =>
          error.code === 'ERR_USAGE' && named.test(error.message) && error.advice.includes('--draw gl'),
      );
    });

  it('is not GL where a buffer is drawn while it is shown', () => {
    assert.throws(() => drawOf({ draw: 'gl', update: 'dirtyfb' }), { code: 'ERR_USAGE' });
    assert.equal(drawOf({ update: 'dirtyfb' }), 'cpu');
  });
});
