import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeadRig } from '../../support/head-rig.js';

describe('a head', () => {
  it('subscribed to a second time refuses that, and the first one’s figures are as they were', async () => {
    const rig = new HeadRig();
    const first = rig.head.flips(() => undefined).subscribe();
    await new Promise(setImmediate);
    await rig.flip(5);
    const before = rig.head.stats();
    assert.equal(before.frames, 4, 'the first flip only starts the clock');
    let refusal: unknown;
    rig.head.flips(() => undefined).subscribe({ error: (error: unknown) => (refusal = error) });
    assert.equal((refusal as { code?: string }).code, 'ERR_USAGE');
    assert.deepEqual(rig.head.stats(), before);
    await rig.flip(1);
    assert.equal(rig.head.stats().frames, 5);
    first.unsubscribe();
  });
});
