import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import { closeAll, HeadOnFake, until } from '../../support/fake-head.js';

const { EBUSY } = constants.errno;
const consoleMode = { width: 640, height: 480 };

afterEach(closeAll);

describe('head.off()', { timeout: 20_000 }, () => {
  it('turns off what nothing has been presented to, and the end gives back what was there', async () => {
    const rig = await HeadOnFake.open();
    assert.deepEqual(rig.kernel.screen().mode, consoleMode);
    await rig.head.off();
    assert.equal(rig.kernel.screen().mode, undefined);
    await rig.start();
    assert.equal(rig.kernel.screen().mode, undefined, 'flips wait for setMode');
    rig.stop();
    await rig.head.close();
    assert.deepEqual(rig.kernel.screen().mode, consoleMode);
    await rig.close();
  });

  it('turns off flips, which go on with setMode', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    await rig.flip(2);
    await rig.head.off();
    assert.equal(rig.kernel.screen().mode, undefined);
    await rig.head.setMode();
    await rig.flip(3);
    await rig.close();
  });

  it('rejects where the kernel refuses it, and shows on', async () => {
    const rig = await HeadOnFake.open();
    rig.kernel.fail('modeset', EBUSY);
    await assert.rejects(rig.head.off(), { code: 'ERR_COMMIT', errno: EBUSY });
    await rig.start();
    await rig.flip(2);
    rig.kernel.fail('modeset', EBUSY);
    await assert.rejects(rig.head.off(), { code: 'ERR_COMMIT', errno: EBUSY });
    await rig.kernel.flip();
    await rig.flip(2);
    await rig.close();
  });

  for (const [what, leave, come] of [
    [
      'left to others',
      (rig: HeadOnFake) => {
        rig.gpus.pause();
      },
      (rig: HeadOnFake) => {
        rig.gpus.resume();
      },
    ],
    ['lost', (rig: HeadOnFake) => rig.kernel.unplug(), (rig: HeadOnFake) => rig.kernel.plug()],
  ] as const)
    it(`of a display that is ${what} is made up for when it is had again`, async () => {
      const rig = await HeadOnFake.open({ gpus: { reopen: true } });
      const states: string[] = [];
      rig.head.state$.subscribe(({ kind }) => states.push(kind));
      await rig.start();
      await leave(rig);
      await rig.head.off();
      await come(rig);
      await until(() => states.at(-1) === 'off' && rig.kernel.screen().mode === undefined);
      await rig.head.setMode();
      await rig.flip(2);
      await rig.close();
    });
});
