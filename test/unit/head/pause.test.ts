import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import { closeAll, HeadOnFake, until } from '../../support/fake-head.js';

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

  it('moves its cursor when it is resumed, and shows it again: others may have shown theirs', async () => {
    const rig = await HeadOnFake.open();
    const cursor = rig.head.cursor();
    cursor.setImage(new Uint32Array(64 * 64).fill(0xff00ff00), { x: 0, y: 0 });
    await rig.start();
    await rig.flip(2);
    rig.gpus.pause();
    rig.kernel.fail('setCursor', constants.errno.EACCES, { times: 100 });
    rig.kernel.fail('moveCursor', constants.errno.EACCES, { times: 100 });
    cursor.move(30, 20);
    cursor.setImage(new Uint32Array(64 * 64).fill(0xffff0000), { x: 0, y: 0 });
    rig.kernel.recover();
    const shows = () => rig.kernel.calls.filter((call) => call === 'setCursor').length;
    const before = shows();
    rig.gpus.resume();
    await rig.flip(3);
    const { x, y, pixels } = rig.kernel.screen().cursor;
    assert.deepEqual([x, y, pixels?.[0], shows() - before], [30, 20, 0xffff0000, 1]);
    rig.gpus.pause();
    rig.gpus.resume();
    await rig.flip(3);
    assert.equal(shows() - before, 2, 'the same picture');
    assert.deepEqual(rig.codes, []);
    await rig.close();
  });

  it('in the moment when a lost device is opened again, is left to others all the same', async () => {
    const rig = await HeadOnFake.open({ gpus: { reopen: true } });
    const createGbm = rig.kernel.createGbm.bind(rig.kernel);
    await rig.start();
    await rig.kernel.unplug();
    await rig.kernel.unplug('render');
    let pauses = 0;
    rig.kernel.createGbm = (node) => {
      if (pauses++ === 0) rig.gpus.pause();
      return createGbm(node);
    };
    await rig.kernel.plug('render');
    await rig.kernel.plug();
    await until(() => pauses > 0);
    for (let i = 0; i < 5; i++) assert.equal(await rig.kernel.flip(), 0);
    rig.kernel.takeMaster(); // nobody keeps it from this
    rig.kernel.dropMaster();
    assert.equal(rig.kernel.held().nodes, 0, 'nothing was kept open');
    rig.gpus.resume();
    await rig.flipUntil(() => rig.flips.length > 2);
    await rig.close();
  });
});
