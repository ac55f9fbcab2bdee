import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import { closeAll, HeadOnFake, until } from '../../support/fake-head.js';

afterEach(closeAll);

/** What a head may have beside its frames when its display goes, whose closers then answer ENODEV. */
const companions: readonly (readonly [what: string, add: (rig: HeadOnFake) => void])[] = [
  ['a cursor', ({ head }) => head.cursor().setImage(new Uint32Array(64 * 64), { x: 0, y: 0 })],
  [
    'a client’s buffer',
    ({ head, kernel }) => {
      const fd = kernel.createDmabuf(640 * 4 * 480);
      head.importDmabuf({ fd, width: 640, height: 480, strideBytes: 2560, modifier: 0n });
      closeSync(fd);
    },
  ],
];

describe('a display that goes while its head has', { timeout: 20_000 }, () => {
  for (const [what, add] of companions) {
    it(`${what}, ends the stream with ERR_DEVICE_LOST, and nothing else throws`, async () => {
      const rig = await HeadOnFake.open();
      add(rig);
      await rig.start();
      await rig.flip(2);
      await rig.kernel.unplug();
      await until(() => rig.end !== undefined);
      assert.ok(rig.end instanceof GuestheadError && rig.end.code === 'ERR_DEVICE_LOST');
      await rig.close();
    });

    it(`${what}, comes back where that was asked for`, async () => {
      const rig = await HeadOnFake.open({ gpus: { reopen: true } });
      add(rig);
      await rig.start();
      await rig.flip(2);
      await rig.kernel.unplug();
      await rig.kernel.plug();
      const { length } = rig.flips;
      await rig.flipUntil(() => rig.flips.length > length + 2);
      add(rig);
      await rig.flip(2);
      await rig.close();
    });
  }
});

describe('a display that is gone, which nobody has noticed yet', { timeout: 20_000 }, () => {
  it('refuses a client’s buffer as lost, and tells the heads', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    const fd = rig.kernel.createDmabuf(640 * 4 * 480);
    await rig.kernel.unplug('display', { silent: true });
    const describe = { fd, width: 640, height: 480, strideBytes: 2560, modifier: 0n };
    assert.throws(() => rig.head.importDmabuf(describe), { code: 'ERR_DEVICE_LOST' });
    assert.ok(rig.end instanceof GuestheadError && rig.end.code === 'ERR_DEVICE_LOST');
    closeSync(fd);
    await rig.close();
  });
});
