import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
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

describe('a display that goes before its head’s first frame, which nobody has noticed yet', { timeout: 20_000 }, () => {
  /** What a program hears that waits for its turn. */
  function waiting(rig: HeadOnFake) {
    const heard: string[] = [];
    rig.head.state$.subscribe(({ kind }) => heard.push(kind));
    rig.head.turn$.subscribe({ next: () => heard.push('turn'), error: (error: Error) => heard.push(String(error)) });
    return heard;
  }

  it('is lost to a program that waits for its turn, and nothing is thrown', async () => {
    const rig = await HeadOnFake.open();
    const heard = waiting(rig);
    await rig.kernel.unplug('display', { silent: true });
    await until(() => heard.length > 1);
    await turn();
    assert.deepEqual(heard, ['on', 'lost']);
    assert.deepEqual(rig.codes, ['ERR_DEVICE_LOST']);
    assert.throws(() => rig.head.acquire(), { code: 'ERR_DEVICE_LOST' });
    await rig.close();
  });

  it('tells who waits for a turn what else keeps the first frame off', async () => {
    const rig = await HeadOnFake.open();
    rig.kernel.fail('createScanout', constants.errno.EMFILE);
    const heard = waiting(rig);
    await turn();
    assert.equal(heard.length, 2);
    assert.match(heard[1] ?? '', /EMFILE/);
    await rig.close();
  });

  it('has no turn for who begins to wait when it is lost', async () => {
    const rig = await HeadOnFake.open();
    await rig.kernel.unplug();
    const heard = waiting(rig);
    await turn();
    assert.deepEqual(heard, ['lost']);
    await rig.close();
  });

  it('is waited for where that was asked for, by a program', async () => {
    const rig = await HeadOnFake.open({ gpus: { reopen: true } });
    await rig.kernel.unplug('display', { silent: true });
    const heard = waiting(rig);
    assert.equal(rig.head.acquire(), undefined);
    assert.deepEqual(heard, ['on', 'lost']);
    await rig.kernel.plug();
    await until(() => heard.includes('turn'));
    assert.ok(rig.head.acquire());
    await rig.close();
  });

  it('is waited for where that was asked for, by a stream', async () => {
    const rig = await HeadOnFake.open({ gpus: { reopen: true } });
    await rig.kernel.unplug('display', { silent: true });
    rig.head.flips(() => undefined).subscribe((flip) => rig.flips.push(flip));
    assert.deepEqual(rig.codes, ['ERR_DEVICE_LOST']);
    await rig.kernel.plug();
    await rig.flipUntil(() => rig.flips.length > 2);
    await rig.close();
  });
});
