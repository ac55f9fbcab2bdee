/** Commits of a scanout and of its device, on a fake kernel. */
import assert from 'node:assert/strict';
import { closeSync, openSync, constants } from 'node:fs';
import { describe, it } from 'node:test';
import { commitFlag } from '../../src/native/index.js';
import { native } from './support/addon.js';
import { fileFlags, openDescriptors } from './support/descriptors.js';
import { flipEvent, ids, underFakeKernel } from './support/fake-kernel.js';
import { turns, until } from './support/loop.js';
import { flipFlags, useScanoutRig } from './support/scanout-rig.js';

underFakeKernel(import.meta.url, () => {
  const rig = useScanoutRig();

  describe('a commit', () => {
    it('sets FB_ID on the plane', () => {
      rig.scanout.attach(3, 77, -1);
      assert.equal(rig.scanout.commit(3, -1, commitFlag.nonblock, false), 0);
      const [commit] = rig.card.commits();
      assert.deepEqual(commit?.assignments, ['2:3=77']);
      assert.equal(commit.flags, commitFlag.nonblock);
    });

    it('sets IN_FENCE_FD, and OUT_FENCE_PTR on the CRTC, and returns the out-fence', () => {
      rig.scanout.attach(3, 77, -1);
      const fence = rig.scanout.commit(3, 12, commitFlag.nonblock, true);
      assert.deepEqual(rig.card.commits()[0]?.assignments, ['2:3=77', '2:4=12', '1:5=0']);
      assert.ok(fence > 0);
      closeSync(fence);
      const second = rig.scanout.commit(3, -1, commitFlag.nonblock, true);
      assert.deepEqual(rig.card.commits()[1]?.assignments, ['2:3=77', '1:5=0']);
      closeSync(second);
    });

    it('returns 0 when it only tests, for then there is no out-fence', () => {
      rig.scanout.attach(3, 77, -1);
      assert.equal(rig.scanout.commit(3, -1, commitFlag.testOnly, true), 0);
    });

    it('returns a negative errno, leaks nothing and calls nothing', async () => {
      rig.scanout.attach(3, 77, -1);
      const before = openDescriptors();
      rig.card.queue(22, 16, 13);
      assert.equal(rig.scanout.commit(3, -1, flipFlags, true), -22);
      assert.equal(rig.scanout.commit(3, -1, flipFlags, true), -16);
      assert.equal(rig.scanout.commit(3, -1, flipFlags, true), -13);
      assert.equal(openDescriptors(), before);
      rig.card.flip();
      await turns();
      assert.deepEqual(rig.log, []);
    });

    it('is restarted when a signal breaks it off', () => {
      rig.scanout.attach(3, 77, -1);
      rig.card.queue(4, 11, 4, 0);
      assert.equal(rig.scanout.commit(3, -1, flipFlags, false), 0);
      assert.equal(rig.card.commits().length, 4);
    });

    it('refuses a fence for which the driver has no property', () => {
      const bare = rig.device.createScanout({ ...ids, inFenceFd: 0, outFencePtr: 0, fbDamageClips: 0 }, rig.handlers);
      bare.attach(0, 1, -1);
      assert.equal(bare.commit(0, 12, flipFlags, false), -95);
      assert.equal(bare.commit(0, -1, flipFlags, true), -95);
      assert.deepEqual(rig.card.commits(), []);
    });

    it('of a whole request keeps its order', () => {
      const request = {
        objects: Uint32Array.of(9, 9, 8, 9),
        properties: Uint32Array.of(1, 2, 3, 4),
        values: BigUint64Array.of(10n, 2n ** 64n - 1n, 30n, 40n),
      };
      rig.device.commit(request, commitFlag.allowModeset);
      assert.deepEqual(rig.card.commits()[0]?.assignments, ['9:1=10', `9:2=${2n ** 64n - 1n}`, '8:3=30', '9:4=40']);
      assert.equal(rig.card.commits()[0]?.flags, commitFlag.allowModeset);
      rig.card.queue(13);
      assert.throws(() => rig.device.commit(request, 0), {
        code: 'EACCES',
        errno: 13,
        syscall: 'DRM_IOCTL_MODE_ATOMIC',
      });
    });
  });

  describe('a flip', () => {
    it('reports slot, sequence and time', async () => {
      const calls: unknown[][] = [];
      const receivers: unknown[] = [];
      const own = {
        flip(...args: unknown[]) {
          receivers.push(this);
          calls.push(args);
        },
        fence: () => undefined,
        error: () => undefined,
      };
      const other = rig.device.createScanout(ids, own);
      other.attach(5, 1, -1);
      other.commit(5, -1, flipFlags, false);
      rig.card.flip(0xffff_fffe);
      await until(() => calls.length > 0);
      assert.deepEqual(calls, [[5, 0xffff_fffe, 2_000_003_000, false]]);
      assert.deepEqual(receivers, [own]);
      assert.deepEqual(rig.log, []);
    });

    it('is not reported without its event', async () => {
      rig.scanout.attach(0, 1, -1);
      assert.equal(rig.scanout.commit(0, -1, commitFlag.nonblock, false), 0);
      rig.card.flip();
      await turns();
      assert.deepEqual(rig.log, []);
    });

    it('is reported once, and stray or broken events are ignored', async () => {
      rig.scanout.attach(0, 1, -1);
      rig.show(0);
      const { userData = 0n } = rig.card.commits()[0] ?? {};
      const strays = [0n, userData + 1n, userData + 0x100n, userData + (1n << 32n), 2n ** 64n - 1n];
      for (const stray of strays) rig.card.flip(1, stray);
      rig.card.card.write(flipEvent(userData, 1, { type: 1 }));
      await turns();
      assert.deepEqual(rig.log, []);
      rig.card.flip(1, userData);
      rig.card.flip(2, userData);
      await until(() => rig.log.length > 0);
      await turns();
      assert.deepEqual(rig.log, ['flip 0']);
      rig.show(0);
      rig.card.card.write(flipEvent(userData, 1, { length: 8 }).subarray(0, 8));
      rig.card.card.write(flipEvent(userData, 1, { length: 7 }));
      await turns();
      rig.card.card.write(flipEvent(userData, 1, { length: 4000 }));
      await turns();
      assert.deepEqual(rig.log, ['flip 0']);
    });

    it('needs no change of the file flags', async () => {
      const blocking = openSync(`/proc/self/fd/${rig.card.fd}`, constants.O_RDWR);
      const before = fileFlags(blocking);
      const device = native.openDevice(blocking);
      const scanout = device.createScanout(ids, rig.handlers);
      scanout.attach(0, 1, -1);
      scanout.commit(0, -1, flipFlags, false);
      assert.equal(fileFlags(blocking), before);
      rig.scanout.close();
      rig.card.flip();
      await until(() => rig.log.length > 0);
      assert.equal(fileFlags(blocking), before);
      device.close();
      closeSync(blocking);
    });

    it('tells whether the flush is still pending', async () => {
      const flushed = rig.buffer();
      rig.scanout.attach(0, 1, flushed.fd);
      await rig.flipTo(0);
      flushed.drain();
      await rig.flipTo(0);
      assert.deepEqual(rig.log, ['flip 0', 'flip 0 pending']);
    });

    it('of a slot detached meanwhile is still reported', async () => {
      rig.scanout.attach(0, 1, rig.buffer().fd);
      rig.scanout.attach(1, 1, rig.buffer().fd);
      rig.scanout.setCurrent(0);
      rig.show(1);
      rig.scanout.detach(1);
      rig.card.flip();
      await until(() => rig.log.length > 1);
      assert.deepEqual(rig.log, ['flip 1', 'fence 0']);
    });
  });
});
