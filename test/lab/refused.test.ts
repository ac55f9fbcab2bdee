/** A host without blob resources: every foreign import is refused, as on old kernels. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import { guesthead, lastJson } from '../support/lab.js';

let lab: Lab;
before(async () => {
  lab = await Lab.boot({ blob: false });
});
after(async () => {
  await lab.close();
});

describe('a host that refuses imports', () => {
  it('ends the run with ERR_IMPORT_REFUSED and advice, status 3', async () => {
    const run = await guesthead(lab, ['run']);
    assert.equal(run.status, 3);
    assert.match(run.stderr, /ERR_IMPORT_REFUSED.*ENODEV/);
    assert.match(run.stderr, /→ .*blob=true/);
  });

  it('says the same to programs', async () => {
    const run = await guesthead(lab, ['run', '--json']);
    const { verdict, error } = lastJson<{ verdict: string; error: { code: string; advice: string } }>(run);
    assert.equal(verdict, 'fail');
    assert.equal(error.code, 'ERR_IMPORT_REFUSED');
    assert.match(error.advice, /6\.14/);
  });
});
