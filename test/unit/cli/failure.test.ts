import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exitStatus, failureJson, failureLines } from '../../../src/cli/failure.js';
import { GuestheadError } from '../../../src/errors.js';

const refused = new GuestheadError('ERR_IMPORT_REFUSED', 'virtio_gpu refused the buffer of vgem', {
  operation: 'drmPrimeFDToHandle',
  device: '/dev/dri/card0',
  errno: 19,
  advice: 'use Linux 6.14',
});

describe('a failure', () => {
  it('says what failed, on which device, with which errno, and what to change', () => {
    assert.deepEqual(failureLines(refused), [
      'guesthead: ERR_IMPORT_REFUSED: virtio_gpu refused the buffer of vgem on /dev/dri/card0 (drmPrimeFDToHandle: ENODEV)',
      '  → use Linux 6.14',
    ]);
  });

  it('has an exit status that means something', () => {
    assert.equal(exitStatus(refused), 3);
    assert.equal(exitStatus(new GuestheadError('ERR_USAGE', 'no')), 2);
    assert.equal(exitStatus(new GuestheadError('ERR_NO_MODE', 'no')), 2);
    assert.equal(exitStatus(new GuestheadError('ERR_COMMIT', 'no')), 1);
    assert.equal(exitStatus(new Error('a bug')), 1);
  });

  it('is a verdict for programs', () => {
    assert.deepEqual(failureJson(refused), {
      verdict: 'fail',
      reasons: [`ERR_IMPORT_REFUSED: ${refused.message}`],
      error: { code: 'ERR_IMPORT_REFUSED', message: refused.message, advice: 'use Linux 6.14' },
    });
  });

  it('of our own making keeps its stack', () => {
    assert.match(failureLines(new TypeError('oops')).join('\n'), /TypeError: oops\n\s+at /);
  });
});
