/** The frame path needs a descriptor for each buffer: where none is left, nothing hangs and nothing is lost. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import type { GuestheadError } from '../../../src/errors.js';
import { closeAll, HeadOnFake } from '../../support/fake-head.js';

const { EMFILE } = constants.errno;
const noDescriptor = { code: 'ERR_SYSTEM', errno: EMFILE };

afterEach(closeAll);

describe('a head that has no descriptor left', { timeout: 20_000 }, () => {
  for (const after of [0, 2])
    it(`for the buffers of a new size, after ${after} of them, says so and goes on in the one before`, async () => {
      const rig = await HeadOnFake.open();
      await rig.start();
      rig.kernel.fail('attach', EMFILE, { after });
      await rig.kernel.setModes([{ width: 800, height: 600 }]);
      await rig.flipUntil(() => rig.faults.length > 0);
      assert.deepEqual([rig.faults[0]?.code, rig.faults[0]?.errno], ['ERR_SYSTEM', EMFILE]);
      await rig.flip(6);
      assert.equal(rig.head.info.mode.width, 640);
      const change = rig.head.setMode('800x600');
      await rig.flipUntil(() => rig.kernel.screen().mode?.width === 800);
      await change;
      await rig.flip(3);
      assert.equal(rig.head.info.mode.width, 800);
      await rig.close();
    });

  it('at its first acquire throws, and can be tried again', async () => {
    const rig = await HeadOnFake.open();
    rig.kernel.fail('attach', EMFILE, { after: 1 });
    assert.throws(() => rig.head.acquire(), noDescriptor);
    const frame = rig.head.acquire();
    assert.ok(frame);
    rig.head.present(frame);
    assert.equal(await rig.kernel.flip(), 1);
    await rig.close();
  });

  it('at its first flip errors the stream, and can be subscribed to again', async () => {
    const rig = await HeadOnFake.open();
    rig.kernel.fail('attach', EMFILE, { after: 1 });
    await rig.start();
    const error = rig.end as GuestheadError;
    assert.deepEqual([error.code, error.errno], ['ERR_SYSTEM', EMFILE]);
    await rig.start();
    await rig.flip(2);
    await rig.close();
  });

  it('when it is resumed errors the stream', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    rig.gpus.pause();
    rig.kernel.fail('attach', EMFILE);
    rig.gpus.resume();
    assert.equal((rig.end as GuestheadError).errno, EMFILE);
    await rig.close();
  });
});
