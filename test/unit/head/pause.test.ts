import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { closeAll, HeadOnFake } from '../../support/fake-head.js';

afterEach(closeAll);

describe('a head whose pair of GPUs is paused', { timeout: 20_000 }, () => {
  it('stops its flips, and starts none, until it is resumed: then it sets the whole mode', async () => {
    const rig = await HeadOnFake.open();
    const states: string[] = [];
    rig.head.state$.subscribe(({ kind }) => states.push(kind));
    await rig.start();
    await rig.flip(3);
    rig.gpus.pause();
    assert.equal(await rig.kernel.flip(), 0);
    const modesets = () => rig.kernel.calls.filter((call) => call === 'modeset').length;
    const before = modesets();
    rig.gpus.resume();
    await rig.flip(3);
    assert.equal(modesets(), before + 1);
    assert.deepEqual(states, ['on', 'waiting for master', 'on']);
    assert.deepEqual([rig.codes, rig.end], [[], undefined]);
    await rig.close();
  });

  it('looks at its connector when it is resumed, and not before', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    rig.gpus.pause();
    const looks = () => rig.kernel.calls.filter((call) => call === 'getConnector').length;
    const before = looks();
    await rig.kernel.setModes([{ width: 800, height: 600 }]);
    assert.equal(looks(), before);
    rig.gpus.resume();
    await rig.flipUntil(() => rig.head.info.mode.width === 800);
    await rig.close();
  });
});
