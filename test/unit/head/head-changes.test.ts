import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import { closeAll, HeadOnFake, until } from '../../support/fake-head.js';

const { EACCES, EINVAL, ENOSPC } = constants.errno;
const limits = { timeout: 30_000 };
const other = { width: 800, height: 600 };

afterEach(closeAll);

describe('a head whose host resizes it', limits, () => {
  it('takes the new preferred mode, and counts its frames on', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    await rig.flip(4);
    await rig.kernel.setModes([other]);
    await rig.flipUntil(() => rig.kernel.screen().mode?.width === 800);
    const { length } = rig.flips;
    await rig.flipUntil(() => rig.flips.length > length + 3);
    assert.deepEqual(rig.head.info.mode, { ...other, refreshHz: 60 });
    const frames = rig.flips.map(({ frame }) => frame);
    assert.deepEqual(
      frames,
      [...new Set(frames)].sort((a, b) => a - b),
    );
    assert.deepEqual(rig.faults, []);
    assert.equal(rig.kernel.held().framebuffers, 4, 'the buffers of the mode before are gone');
    await rig.close();
  });

  it('stays in the mode that was asked for', async () => {
    const rig = await HeadOnFake.open({ head: { mode: '320x240' } });
    await rig.start();
    await rig.flip(2);
    await rig.kernel.setModes([other]);
    await rig.flip(3);
    assert.deepEqual(rig.kernel.screen().mode, { width: 320, height: 240 });
    await rig.close();
  });

  it('ends its stream where that is what it was told', async () => {
    const rig = await HeadOnFake.open({ head: { onResize: 'stop' } });
    await rig.start();
    await rig.flip(2);
    await rig.kernel.setModes([other]);
    await until(() => rig.end !== undefined);
    assert.equal(rig.end, 'complete');
    await rig.close();
  });

  it('stays as it is where the new mode is refused, and says so', async () => {
    const rig = await HeadOnFake.open({ head: { path: 'import' } });
    await rig.start();
    await rig.flip(2);
    rig.kernel.fail('modeset', EINVAL);
    await rig.kernel.setModes([other]);
    await rig.flipUntil(() => rig.faults.length > 0);
    const { length } = rig.flips;
    await rig.flipUntil(() => rig.flips.length > length + 3);
    assert.equal(rig.end, undefined);
    assert.equal(rig.kernel.screen().mode?.width, 640);
    await rig.close();
  });
});

describe('a head whose host resizes it before its first frame is shown', limits, () => {
  it('goes back where the new mode is refused: what is shown meanwhile is no frame of it', async () => {
    const rig = await HeadOnFake.open({ head: { path: 'import' } });
    const resized = rig.kernel.setModes([other, { width: 640, height: 480 }]);
    const started = rig.start();
    rig.kernel.fail('modeset', EINVAL);
    await Promise.all([resized, started]);
    await rig.flipUntil(() => rig.faults.length > 0 || rig.end !== undefined);
    assert.deepEqual([rig.end, rig.codes], [undefined, ['ERR_COMMIT']]);
    const { length } = rig.flips;
    await rig.flipUntil(() => rig.flips.length > length + 3);
    assert.equal(rig.kernel.screen().mode?.width, 640);
    await rig.close();
  });
});

describe('a head that the host closes', limits, () => {
  it('shows nothing meanwhile, and flips on when it is opened again', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    await rig.flip(3);
    await rig.kernel.setModes([]);
    await until(() => rig.faults.length > 0);
    assert.deepEqual(rig.codes, ['ERR_NO_CONNECTOR']);
    assert.equal(await rig.kernel.flip(), 0);
    await rig.kernel.setModes([{ width: 640, height: 480 }]);
    const { length } = rig.flips;
    await rig.flipUntil(() => rig.flips.length > length + 2);
    await rig.close();
  });
});

describe('a head whose buffers are refused once they are to be shown', limits, () => {
  it('steps down to the next path, and climbs back where it is asked to', async () => {
    const rig = await HeadOnFake.open();
    rig.kernel.fail('modeset', EINVAL);
    await rig.start();
    await rig.flipUntil(() => rig.flips.length > 3);
    assert.equal(rig.head.info.path, 'udmabuf');
    assert.deepEqual(
      rig.head.info.refused.map(({ path }) => path),
      ['import'],
    );
    const upgraded = rig.head.upgrade();
    let path: string | undefined;
    void upgraded.then((to) => (path = to));
    await rig.flipUntil(() => path !== undefined);
    assert.equal(path, 'import');
    const { length } = rig.flips;
    await rig.flipUntil(() => rig.flips.length > length + 3);
    assert.equal(rig.kernel.held().framebuffers, 4);
    assert.equal(rig.end, undefined);
    await rig.close();
  });

  it('hears what is let go of between two loops, and keeps none of the buffers before', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    await rig.flip(3);
    rig.kernel.fail('flip', ENOSPC);
    await rig.kernel.flip(); // its successor is refused, and in the same turn the one before it is let go of
    await rig.flipUntil(() => rig.head.info.path === 'udmabuf');
    const { length } = rig.flips;
    await rig.flipUntil(() => rig.flips.length > length + 5);
    assert.equal(rig.kernel.held().framebuffers, 4);
    await rig.close();
  });

  it('steps down where the host refused them, which only the log tells', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    await rig.flip(2);
    const command = { command: 0x10d, commandName: 'SET_SCANOUT_BLOB' };
    await rig.kernel.refuseByHost({ ...command, response: 0x1200, responseName: 'ERR_UNSPEC' });
    await rig.flipUntil(() => rig.head.info.path === 'udmabuf');
    assert.deepEqual(rig.codes, ['ERR_HOST_REFUSED']);
    await rig.close();
  });

  it('stays on a better path that is still refused', async () => {
    const rig = await HeadOnFake.open();
    rig.kernel.fail('modeset', EINVAL);
    await rig.start();
    await rig.flipUntil(() => rig.flips.length > 2);
    rig.kernel.fail('createBuffer', EINVAL, { times: Infinity });
    assert.equal(await rig.head.upgrade(), 'udmabuf');
    await rig.flip(2);
    await rig.close();
  });
});

describe('a head that loses a device', limits, () => {
  for (const role of ['display', 'render'] as const) {
    it(`the ${role}, ends with ERR_DEVICE_LOST, and all of it can be closed`, async () => {
      const rig = await HeadOnFake.open();
      await rig.start();
      await rig.flip(3);
      await rig.kernel.unplug(role);
      await until(() => rig.end !== undefined);
      assert.ok(rig.end instanceof GuestheadError && rig.end.code === 'ERR_DEVICE_LOST');
      await rig.close();
    });

    it(`the ${role}, comes back with it where that was asked for, again and again`, async () => {
      const rig = await HeadOnFake.open({ gpus: { reopen: true } });
      await rig.start();
      await rig.flip(3);
      for (let round = 1; round <= 3; round++) {
        await rig.kernel.unplug(role);
        assert.equal(rig.faults.length, round);
        await rig.kernel.plug(role);
        const { length } = rig.flips;
        await rig.flipUntil(() => rig.flips.length > length + 2);
      }
      assert.equal(rig.end, undefined);
      assert.deepEqual([...new Set(rig.codes)], ['ERR_DEVICE_LOST']);
      assert.equal(rig.kernel.held().framebuffers, 4);
      await rig.close();
    });
  }

  it('learns it from a commit, before the uevent comes', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    await rig.flip(3);
    await rig.kernel.unplug('display', { silent: true });
    await rig.kernel.flip();
    await until(() => rig.end !== undefined);
    assert.ok(rig.end instanceof GuestheadError && rig.end.code === 'ERR_DEVICE_LOST');
    await rig.close();
  });

  it('without a stream can be closed', async () => {
    const rig = await HeadOnFake.open();
    await rig.kernel.unplug();
    assert.throws(() => rig.gpus.connectors(), { code: 'ERR_DEVICE_LOST' });
    await rig.close();
  });
});

describe('the cursor of a head', limits, () => {
  const arrow = new Uint32Array(64 * 64).fill(0xff00ff00);

  it('is shown and moved at once while nothing flips, else at the flip event', async () => {
    const rig = await HeadOnFake.open();
    const cursor = rig.head.cursor();
    cursor.setImage(arrow, { x: 1, y: 2 });
    cursor.move(100, 50);
    const { x, y, pixels } = rig.kernel.screen().cursor;
    assert.deepEqual([x, y, pixels?.[0]], [99, 48, 0xff00ff00]);
    await rig.start();
    await rig.flip();
    cursor.move(10, 10);
    assert.equal(rig.kernel.screen().cursor.x, 99, 'a flip is under way');
    await rig.flip();
    assert.equal(rig.kernel.screen().cursor.x, 9);
    cursor.hide();
    await rig.flip();
    assert.equal(rig.kernel.screen().cursor.pixels, undefined);
    await rig.close();
  });

  it('waits while another process is DRM master, and is shown again then', async () => {
    const rig = await HeadOnFake.open();
    const cursor = rig.head.cursor();
    cursor.setImage(arrow, { x: 0, y: 0 });
    await rig.start();
    await rig.flip(2);
    const calls = () => rig.kernel.calls.filter((call) => call === 'moveCursor' || call === 'setCursor').length;
    rig.kernel.fail('flip', EACCES);
    rig.kernel.fail('becomeAtomicMaster', EACCES);
    await rig.kernel.flip(); // its successor is refused
    const before = calls();
    cursor.move(30, 20);
    assert.equal(calls(), before);
    await rig.flipUntil(() => rig.kernel.screen().cursor.x === 30);
    assert.equal(calls(), before + 2, 'its place and its picture');
    assert.equal(rig.kernel.screen().cursor.pixels?.[0], 0xff00ff00);
    await rig.close();
  });

  it('that the program has closed is made anew when it is asked for', async () => {
    const rig = await HeadOnFake.open();
    const first = rig.head.cursor();
    assert.equal(rig.head.cursor(), first);
    first.close();
    assert.deepEqual([first.closed, rig.kernel.screen().cursor.pixels], [true, undefined]);
    assert.throws(() => first.move(1, 1), { code: 'ERR_CLOSED' });
    const second = rig.head.cursor();
    second.setImage(arrow, { x: 0, y: 0 });
    assert.deepEqual([second.closed, rig.kernel.screen().cursor.pixels?.[0]], [false, 0xff00ff00]);
    await rig.close();
    assert.equal(second.closed, true);
  });

  it('is refused where the display has none, and leaves nothing open', async () => {
    const rig = await HeadOnFake.open();
    const before = rig.kernel.held();
    rig.kernel.fail('setCursor', constants.errno.ENXIO);
    assert.throws(() => rig.head.cursor(), { code: 'ERR_UNSUPPORTED' });
    for (const call of ['createDumb', 'primeHandleToFd', 'mapDmabuf'] as const) {
      rig.kernel.fail(call, constants.errno.ENOMEM, { after: 1 });
      assert.throws(() => rig.head.cursor(), { errno: constants.errno.ENOMEM }, call);
      assert.deepEqual(rig.kernel.held(), before, call);
    }
    await rig.close();
  });
});
