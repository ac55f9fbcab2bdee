/** Backbuffers that are made when a frame needs one. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import { closeAll, HeadOnFake, nothingHeld } from '../../support/fake-head.js';

afterEach(closeAll);

/** The host goes on reading each picture that was replaced. */
async function flipUntilNoneIsFree(rig: HeadOnFake): Promise<void> {
  rig.kernel.holdsFences = true;
  await rig.start();
  while ((await rig.kernel.flip()) > 0);
}

describe('a head that allocates on demand', { timeout: 30_000 }, () => {
  const head = { allocation: 'on-demand' } as const;

  it('has two backbuffers until a frame finds none free, and never more than were asked for', async () => {
    const rig = await HeadOnFake.open({ head });
    assert.deepEqual([rig.kernel.held().framebuffers, rig.head.info.buffers], [2, 4]);
    await flipUntilNoneIsFree(rig);
    assert.deepEqual([rig.kernel.held().framebuffers, rig.head.states().free], [4, 0]);
    rig.kernel.holdsFences = false;
    await rig.kernel.releaseFences();
    await rig.flip(3);
    assert.deepEqual([rig.kernel.held().framebuffers, rig.faults], [4, []]);
    await rig.head.close();
    rig.gpus.close();
    assert.deepEqual(rig.kernel.held(), nothingHeld);
  });

  it('goes on with those that it has where there is no memory for another, and says so once', async () => {
    const rig = await HeadOnFake.open({ head });
    rig.kernel.fail('createBuffer', constants.errno.ENOMEM, { times: Infinity });
    await flipUntilNoneIsFree(rig);
    assert.deepEqual(
      rig.faults.map(({ code, errno }) => [code, errno]),
      [['ERR_ALLOCATION', constants.errno.ENOMEM]],
    );
    assert.match(rig.faults[0]?.message ?? '', /^No backbuffer could be made beside the 2 that there are: /);
    rig.kernel.holdsFences = false;
    await rig.kernel.releaseFences();
    await rig.flip(3);
    assert.deepEqual([rig.kernel.held().framebuffers, rig.faults.length], [2, 1]);
    await rig.head.close();
    rig.gpus.close();
    assert.deepEqual(rig.kernel.held(), nothingHeld);
  });

  it('goes on, too, where the frame path takes none', async () => {
    const rig = await HeadOnFake.open({ head });
    rig.kernel.fail('attach', constants.errno.EINVAL, { after: 2, times: Infinity });
    await flipUntilNoneIsFree(rig);
    assert.ok(rig.faults.length > 0);
    assert.ok(rig.faults.every(({ code }) => code === 'ERR_ALLOCATION'));
    rig.kernel.holdsFences = false;
    await rig.kernel.releaseFences();
    await rig.flip(3);
    await rig.head.close();
    rig.gpus.close();
    assert.deepEqual(rig.kernel.held(), nothingHeld);
  });

  it('has all of them at once unless it is asked to', async () => {
    const rig = await HeadOnFake.open();
    assert.equal(rig.kernel.held().framebuffers, 4);
  });
});
