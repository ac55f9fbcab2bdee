import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import type { GuestheadError } from '../../../src/errors.js';
import { nativeError } from '../../../src/testing/index.js';
import { DirtyRig } from '../../support/dirty-rig.js';
import { periodMs, settle } from '../../support/loop-rig.js';

const codeOf = (error: unknown) => (error as GuestheadError | undefined)?.code;

describe('the loop of one buffer, when the display fails', () => {
  const { EACCES, EAGAIN, EBUSY, EINTR, EINVAL, ENOMEM, ENOSYS, ENODEV, ENXIO } = constants.errno;
  for (const [errno, code] of [
    [EINVAL, 'ERR_COMMIT'],
    [ENOSYS, 'ERR_COMMIT'],
    [ENODEV, 'ERR_DEVICE_LOST'],
    [ENXIO, 'ERR_DEVICE_LOST'],
  ] as const)
    it(`ends with ${code} on a flush's errno ${errno}`, async () => {
      const rig = new DirtyRig();
      let drawn = 0;
      rig.start(() => {
        drawn++;
      });
      await settle();
      await rig.flushed(periodMs, nativeError(errno, 'DRM_IOCTL_MODE_DIRTYFB'));
      assert.deepEqual([codeOf(rig.error), (rig.error as GuestheadError).errno], [code, errno]);
      assert.equal(rig.flips.length, 0);
      rig.clock.advance(1000);
      await settle();
      assert.equal(drawn, 2, 'and draws no more');
    });

  it('ends with what refused the mode', async () => {
    const rig = new DirtyRig();
    rig.showErrno = ENODEV;
    rig.start(() => undefined);
    await settle();
    assert.equal(codeOf(rig.error), 'ERR_DEVICE_LOST');
    assert.equal(rig.flushes, 0);
  });

  for (const errno of [EBUSY, EINTR, ENOMEM, EAGAIN]) {
    it(`sets the mode with a later frame where errno ${errno} says that the kernel is busy, as with a flush of before`, async () => {
      const rig = new DirtyRig();
      rig.showErrno = errno;
      rig.start(() => undefined);
      await settle();
      rig.clock.advance(periodMs);
      assert.deepEqual([rig.shows, rig.flushes, rig.error], [0, 0, undefined]);
      rig.showErrno = 0;
      await rig.waited(200);
      await rig.flushed();
      assert.deepEqual([rig.shows, rig.flips.length, rig.faults, rig.error], [1, 1, [], undefined]);
    });

    it(`flushes a later frame where errno ${errno} refused one`, async () => {
      const rig = new DirtyRig();
      rig.start(() => undefined);
      await settle();
      await rig.flushed(periodMs, nativeError(errno, 'DRM_IOCTL_MODE_DIRTYFB'));
      await rig.waited(200);
      await rig.flushed();
      assert.deepEqual([rig.shows, rig.flushes, rig.flips.length, rig.error], [1, 3, 1, undefined]);
    });
  }

  it('says once what it waits for, and tries on, where the kernel stays busy', async () => {
    const rig = new DirtyRig();
    rig.showErrno = EBUSY;
    rig.start(() => undefined);
    for (let i = 0; i < 60; i++) await rig.waited(100);
    assert.deepEqual(rig.faults.map(codeOf), ['ERR_FLIP_TIMEOUT']);
    rig.showErrno = 0;
    await rig.waited(200);
    await rig.flushed();
    assert.deepEqual([rig.flips.length, rig.error], [1, undefined]);
  });

  for (const [when, refuse] of [
    [
      'at start',
      async (rig: DirtyRig) => {
        rig.showErrno = EACCES;
        rig.start(() => undefined);
        await settle();
        rig.showErrno = 0;
      },
    ],
    [
      'in mid-run',
      async (rig: DirtyRig) => {
        rig.start(() => undefined);
        await settle();
        await rig.flushed(periodMs, nativeError(EACCES, 'DRM_IOCTL_MODE_DIRTYFB'));
      },
    ],
  ] as const)
    it(`waits for DRM master where another process has it ${when}, and then sets the whole mode`, async () => {
      const rig = new DirtyRig();
      rig.master = false;
      await refuse(rig);
      const { shows, flushes } = rig;
      for (let i = 0; i < 20; i++) await rig.waited(100);
      assert.deepEqual([rig.shows, rig.flushes], [shows, flushes]);
      rig.master = true;
      await rig.waited(300);
      await rig.flushed();
      assert.deepEqual([rig.shows, rig.flips.length, rig.error], [shows + 1, 1, undefined]);
      assert.deepEqual([rig.faults.map(codeOf), rig.masters], [['ERR_NOT_MASTER'], [false, true]]);
    });

  it('goes on where the device is there after all', async () => {
    const rig = new DirtyRig();
    rig.gone = false;
    rig.start(() => undefined);
    await settle();
    await rig.flushed(periodMs, nativeError(ENODEV, 'DRM_IOCTL_MODE_DIRTYFB'));
    await rig.waited(200);
    await rig.flushed();
    assert.deepEqual([rig.flips.length, rig.error], [1, undefined]);
  });

  it('is not told of a flush that fails after it was stopped', async () => {
    const rig = new DirtyRig();
    const subscription = rig.start(() => undefined);
    await settle();
    subscription.unsubscribe();
    await rig.flushed(periodMs, nativeError(ENODEV, 'DRM_IOCTL_MODE_DIRTYFB'));
    assert.equal(rig.error, undefined);
  });
});
