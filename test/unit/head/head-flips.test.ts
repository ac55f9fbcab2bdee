import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import { Fence } from '../../../src/buffer/index.js';
import { closeAll, HeadOnFake, nothingHeld, until } from '../../support/fake-head.js';

afterEach(closeAll);

describe('a head that flips', { timeout: 20_000 }, () => {
  it('sets the mode with its first frame, and shows each frame in its turn', async () => {
    const rig = await HeadOnFake.open();
    assert.equal(rig.shown, undefined, 'opening changes nothing on the screen');
    await rig.start();
    assert.equal(rig.shown, 0);
    assert.deepEqual(rig.kernel.screen().mode, { width: 640, height: 480 });
    await rig.flip(6);
    assert.deepEqual(rig.flips.map(({ frame }) => frame).slice(-6), [1, 2, 3, 4, 5, 6]);
    assert.equal(rig.shown, 6);
    await rig.close();
  });

  it('gives the screen back to whoever had it', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    await rig.flip(3);
    rig.stop();
    assert.equal(rig.shown, undefined, 'the console has no pixels of ours');
    assert.deepEqual(rig.kernel.screen().picture, { width: 640, height: 480, strideBytes: 2560, pixels: undefined });
    await rig.close();
  });

  it('turns off a CRTC that was off before', async () => {
    const modes = [{ width: 640, height: 480 }];
    const rig = await HeadOnFake.open({ connectors: [{}, { modes }] });
    await rig.start();
    await rig.flip(2);
    assert.equal(rig.head.info.display.connector, 'Virtual-2');
    rig.stop();
    assert.equal(rig.kernel.screen('Virtual-2').mode, undefined);
    await rig.close();
  });

  it('waits with all buffers locked while the host reads them, and goes on when it has read', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    rig.kernel.holdsFences = true;
    while ((await rig.kernel.flip()) > 0);
    const { length } = rig.flips;
    assert.equal(length, 3, 'four buffers: one on the screen, three that the host holds');
    assert.deepEqual(rig.head.states(), { free: 0, drawing: 0, queued: 0, current: 1, draining: 3, lost: 0 });
    rig.kernel.holdsFences = false;
    await rig.kernel.releaseFences();
    await rig.flip(4);
    assert.equal(rig.flips.length, length + 4);
    await rig.close();
  });

  it('gives the kernel the fence of a drawing, waits for it, and closes it', async () => {
    const rig = await HeadOnFake.open();
    const before = rig.kernel.held().descriptors;
    const fences = [0, 1, 2].map(() => rig.kernel.createFence());
    await rig.start((frame) => {
      const fence = fences[frame.number - 2];
      return fence && { fence: Fence.adopt(fence.fd, rig.kernel.native) };
    });
    await rig.flip();
    assert.equal(await rig.kernel.flip(), 0, 'the fence of frame 2 has not signalled');
    fences[0]?.signal();
    assert.equal(await rig.kernel.flip(), 1);
    for (const fence of fences) fence.signal();
    await rig.flip(4);
    assert.equal(rig.kernel.held().descriptors, before, 'each of them is closed');
    await rig.close();
  });

  it('can be stopped and started again; frames count on', async () => {
    const rig = await HeadOnFake.open();
    for (let round = 0; round < 3; round++) {
      await rig.start();
      await rig.flip(3);
      rig.stop();
      assert.equal(rig.kernel.held().scanouts, 0);
    }
    await rig.close();
  });

  it('flips beside another head of the same display, each on its own connector', async () => {
    const modes = [{ width: 640, height: 480 }];
    const rig = await HeadOnFake.open({ connectors: [{ modes }, { modes }] });
    const other = await rig.gpus.openHead();
    const flips: number[] = [];
    await rig.start();
    const flipping = other.flips((frame) => void frame.pixels.fill(1000 + frame.number)).subscribe(() => flips.push(1));
    for (let i = 0; i < 3; i++) assert.equal(await rig.kernel.flip(), 2);
    assert.equal(rig.kernel.screen('Virtual-2').picture?.pixels?.[0], 1002);
    await assert.rejects(rig.gpus.openHead(), { code: 'ERR_NO_CONNECTOR' });
    await assert.rejects(rig.gpus.openHead({ connector: 'Virtual-2' }), { code: 'ERR_USAGE' });
    flipping.unsubscribe();
    await other.close();
    await rig.close();
  });

  it('shows a frame in a single buffer that is flushed', async () => {
    const rig = await HeadOnFake.open({ head: { update: 'dirtyfb' } });
    await rig.start();
    await until(() => rig.kernel.native.flushed.length > 3);
    assert.equal(rig.head.info.path, 'export');
    await rig.close();
  });

  it('closes with the pair of GPUs, in mid-flip', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    await rig.flip(2);
    rig.gpus.close();
    assert.equal(rig.end, 'complete');
    assert.deepEqual(rig.kernel.held(), nothingHeld);
    assert.equal(rig.kernel.screen().mode?.width, 640, 'the console is back');
    await rig.close();
  });

  it('waits out a display that is busy, and a kernel without memory', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    await rig.flip(2);
    for (const errno of [constants.errno.EBUSY, constants.errno.ENOMEM, constants.errno.EINTR]) {
      const { length } = rig.flips;
      rig.kernel.fail('flip', errno);
      await rig.flipUntil(() => rig.flips.length >= length + 3);
    }
    assert.equal(rig.end, undefined);
    await rig.close();
  });

  it('waits while another process is DRM master, says so once, and sets the mode again', async () => {
    const rig = await HeadOnFake.open();
    await rig.start();
    await rig.flip(2);
    rig.kernel.takeMaster();
    await rig.flipUntil(() => rig.faults.length > 0);
    const modesets = rig.kernel.calls.filter((call) => call === 'modeset').length;
    rig.kernel.dropMaster();
    const { length } = rig.flips;
    await rig.flipUntil(() => rig.flips.length > length + 2);
    assert.deepEqual(rig.codes, ['ERR_NOT_MASTER']);
    assert.equal(rig.kernel.calls.filter((call) => call === 'modeset').length, modesets + 1);
    await rig.close();
  });
});

describe('a client’s buffer on a head', { timeout: 20_000 }, () => {
  it('is shown in the place of a backbuffer, and comes back when the host has let go', async () => {
    const rig = await HeadOnFake.open();
    const fd = rig.kernel.createDmabuf(640 * 4 * 480);
    rig.kernel.pixelsOf(fd)?.fill(0xabcdef);
    const buffer = rig.head.importDmabuf({ fd, width: 640, height: 480, strideBytes: 2560, modifier: 0n });
    closeSync(fd);
    await rig.start((frame) => (frame.number === 3 ? { buffer } : void frame.pixels.fill(frame.number)));
    await rig.flipUntil(() => rig.shown === 0xabcdef);
    await rig.flip(4);
    assert.notEqual(rig.shown, 0xabcdef);
    buffer.close();
    await rig.flip(2);
    await rig.close();
  });

  it('that the display refuses leaves nothing open', async () => {
    const rig = await HeadOnFake.open();
    const before = rig.kernel.held();
    for (const call of ['primeFdToHandle', 'addFramebuffer', 'primeHandleToFd'] as const) {
      const fd = rig.kernel.createDmabuf(640 * 4 * 480);
      rig.kernel.fail(call, constants.errno.EINVAL);
      const describe = { fd, width: 640, height: 480, strideBytes: 2560, modifier: 0n };
      assert.throws(() => rig.head.importDmabuf(describe), { errno: constants.errno.EINVAL }, call);
      closeSync(fd);
      assert.deepEqual(rig.kernel.held(), before, call);
    }
    await rig.close();
  });
});
