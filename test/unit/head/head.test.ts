import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { HeadRig } from '../../support/head-rig.js';
import { settle } from '../../support/loop-rig.js';

describe('a head', () => {
  it('subscribed to a second time refuses that, and the first one’s figures are as they were', async () => {
    const rig = new HeadRig();
    const first = rig.head.flips(() => undefined).subscribe();
    await settle();
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
    await rig.head.close();
  });
});

describe('a head whose display goes away', () => {
  it('takes a hotplug probe that finds it gone, before any uevent says so, for a loss like any', async () => {
    const { rig, faults, ended } = flipping({ reopen: true });
    rig.unplug();
    rig.pair.tell({ kind: 'hotplug' });
    await settle();
    assert.deepEqual([faults, ended], [['ERR_DEVICE_LOST'], []]);
    await rig.head.close();
  });

  it('ends with what such a probe fails with where it is there', async () => {
    const { rig, faults, ended } = flipping({ reopen: true });
    rig.fail(constants.errno.EIO);
    rig.pair.tell({ kind: 'hotplug' });
    await settle();
    assert.deepEqual([faults, ended], [[], ['ERR_SYSTEM']]);
    rig.fail(0);
    await rig.head.close();
  });

  it('errors once, though everything that it closes refuses that', async () => {
    const { rig, ended } = flipping({ reopen: false });
    await rig.flip(2);
    rig.unplug();
    assert.equal(rig.pair.lose('display'), true);
    assert.equal(rig.pair.lose('display'), true);
    await settle();
    assert.deepEqual(ended, ['ERR_DEVICE_LOST']);
    await rig.head.close();
  });

  it('takes a commit that says so, while it is there, for a passing refusal', async () => {
    const { rig, faults, ended } = flipping({ reopen: false });
    await rig.flip(2);
    rig.refuseCommits(constants.errno.ENODEV, 1);
    await rig.flip(1);
    const before = rig.head.stats().frames;
    await rig.untilStarted();
    await rig.flip(3);
    assert.deepEqual([faults, ended], [['ERR_COMMIT'], []]);
    assert.ok(rig.head.stats().frames > before);
    await rig.head.close();
  });
});

function flipping({ reopen }: { readonly reopen: boolean }) {
  const rig = new HeadRig({ reopen });
  const faults: string[] = [];
  const ended: string[] = [];
  rig.head.faults$.subscribe(({ code }) => faults.push(code));
  rig.head.flips(() => undefined).subscribe({ error: ({ code }: { code: string }) => ended.push(code) });
  return { rig, faults, ended };
}
