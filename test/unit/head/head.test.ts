/** What a head does that is subscribed to twice, or whose display answers as if it were gone. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import { closeAll, HeadOnFake, until } from '../../support/fake-head.js';

const { EIO, ENODEV } = constants.errno;

afterEach(closeAll);

describe('a head', { timeout: 20_000 }, () => {
  it('subscribed to a second time refuses that, and the first one’s figures are as they were', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    await rig.flip(5);
    const before = rig.head.stats();
    assert.equal(before.frames, 5);
    let refusal: unknown;
    rig.head.flips(() => undefined).subscribe({ error: (error: unknown) => (refusal = error) });
    assert.equal((refusal as { code?: string }).code, 'ERR_USAGE');
    assert.deepEqual(rig.head.stats(), before);
    await rig.flip(1);
    assert.equal(rig.head.stats().frames, 6);
    await rig.close();
  });
});

describe('a head whose display goes away', { timeout: 20_000 }, () => {
  it('takes a hotplug probe that finds it gone, before any uevent says so, for a loss like any', async () => {
    const rig = await HeadOnFake.open({ gpus: { reopen: true } });
    await rig.start();
    await rig.kernel.unplug('display', { silent: true });
    await rig.kernel.sendUevent({ kind: 'hotplug', node: '/dev/dri/card0' });
    await until(() => rig.codes.length > 0);
    assert.deepEqual([rig.codes, rig.end], [['ERR_DEVICE_LOST'], undefined]);
    await rig.close();
  });

  it('ends with what such a probe fails with where it is there', async () => {
    const rig = await HeadOnFake.open({ gpus: { reopen: true } });
    await rig.start();
    rig.kernel.fail('getConnector', EIO);
    await rig.kernel.sendUevent({ kind: 'hotplug', node: '/dev/dri/card0' });
    await until(() => rig.end !== undefined);
    assert.equal((rig.end as { code?: string }).code, 'ERR_SYSTEM');
    assert.deepEqual(rig.codes, []);
    await rig.close();
  });

  it('errors once, though everything that it closes refuses that', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    await rig.flip(2);
    await rig.kernel.unplug('display');
    await rig.kernel.sendUevent({ kind: 'removed', node: '/dev/dri/card0' });
    assert.equal((rig.end as { code?: string }).code, 'ERR_DEVICE_LOST');
    assert.deepEqual(rig.codes, []);
    await rig.close();
  });

  it('takes a commit that says so, while it is there, for a passing refusal', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    await rig.flip(2);
    rig.kernel.fail('flip', ENODEV);
    await rig.flip(1);
    const { length } = rig.flips;
    await rig.flipUntil(() => rig.flips.length > length + 2);
    assert.deepEqual([rig.codes, rig.end], [[], undefined]);
    await rig.close();
  });
});
