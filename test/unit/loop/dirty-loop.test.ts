import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import type { GuestheadError } from '../../../src/errors.js';
import type { Draw } from '../../../src/loop/index.js';
import { nativeError } from '../../../src/testing/index.js';
import { DirtyRig } from '../../support/dirty-rig.js';
import { ending, periodMs, settle, shownAndDropped } from '../../support/loop-rig.js';

const codeOf = (error: unknown) => (error as GuestheadError | undefined)?.code;

describe('the loop of one buffer', () => {
  it('sets the mode with the first frame, then tells of each flush', async () => {
    const rig = new DirtyRig();
    rig.start(() => undefined);
    await settle();
    assert.deepEqual([rig.shows, rig.flushes, rig.flips.length], [1, 1, 0]);
    for (let i = 0; i < 3; i++) await rig.flushed();
    assert.deepEqual(
      rig.flips.map(({ frame, slot, sequence, missed, dropped }) => [frame, slot, sequence, missed, dropped]),
      [
        [1, 0, 1, 0, 0],
        [2, 0, 2, 0, 0],
        [3, 0, 3, 0, 0],
      ],
    );
    assert.equal(rig.shows, 1);
  });

  it('never draws while a flush is under way', async () => {
    const rig = new DirtyRig();
    let drawn = 0;
    rig.start(() => {
      assert.equal(rig.flushing, false);
      drawn++;
    });
    for (let i = 0; i < 5; i++) {
      await settle();
      rig.clock.advance(1000);
      await settle();
      assert.equal(drawn, i + 2, 'one for the mode, one for each flush');
      await rig.flushed();
    }
    assert.equal(rig.error, undefined);
  });

  it('tells times in ms of the clock, and refresh cycles that went by', async () => {
    const rig = new DirtyRig();
    rig.start(() => {
      rig.clock.time += 2;
    });
    await settle();
    await rig.flushed(10);
    rig.pending = true;
    await rig.flushed(2.6 * periodMs);
    const [first, second] = rig.flips;
    assert.deepEqual([first?.commitMs, first?.latencyMs, first?.missed, first?.tearRisk], [10, 12, 0, false]);
    assert.deepEqual([second?.missed, second?.tearRisk, second?.drawnLate], [2, true, false]);
    assert.equal(first?.timestampNs, 14e6);
  });

  it('says that a slow draw was late', async () => {
    const rig = new DirtyRig();
    rig.start(({ number }) => {
      if (number === 2) rig.clock.time += 200;
    });
    for (let i = 0; i < 3; i++) {
      await settle();
      await rig.flushed();
    }
    assert.deepEqual(
      rig.flips.map(({ drawnLate }) => drawnLate),
      [false, true, false],
    );
  });

  it('goes on with the numbers of an earlier loop', async () => {
    const rig = new DirtyRig();
    const drawn: number[] = [];
    rig.start(({ number, age }) => void drawn.push(number, age), { firstFrame: 7 });
    await settle();
    await rig.flushed();
    assert.deepEqual(drawn, [7, 0, 8, 1, 9, 1]);
    assert.deepEqual(rig.next, [8, 9, 10]);
  });

  it('stops for good when it is unsubscribed from', async () => {
    const rig = new DirtyRig();
    let drawn = 0;
    let signal: AbortSignal | undefined;
    const subscription = rig.start((frame) => {
      signal = frame.signal;
      drawn++;
    });
    await settle();
    subscription.unsubscribe();
    assert.equal(signal?.aborted, true);
    await rig.flushed();
    rig.clock.advance(1000);
    await settle();
    assert.deepEqual([drawn, rig.flips.length, rig.flushes], [2, 0, 1]);
  });

  it('leaves the screen alone where it was stopped during a draw', async () => {
    for (const frame of [0, 1]) {
      const rig = new DirtyRig();
      const work = ending();
      const subscription = rig.start(({ number }) => (number === frame ? work.promise : undefined));
      await settle();
      subscription.unsubscribe();
      work.resolve();
      await settle();
      assert.deepEqual([rig.shows, rig.flushes], [frame, 0]);
    }
  });
});

describe('the loop of one buffer, when draw fails', () => {
  const bad = {
    throws: () => {
      throw new Error('out of paint');
    },
    rejects: () => Promise.reject(new Error('out of paint')),
    'returns a fence': ({ fences }) => ({ fence: fences.make(77) }),
    'returns a buffer': ({ fences }) => ({ buffer: {} as never, fence: fences.make(77) }),
    'returns a descriptor': () => 77 as never,
  } satisfies Record<string, (rig: DirtyRig) => ReturnType<Draw>>;
  for (const [how, fails] of Object.entries(bad))
    it(`that ${how}, ends or goes on as asked`, async () => {
      const ended = new DirtyRig();
      ended.start((frame) => (frame.number === 1 ? fails(ended) : undefined));
      await settle();
      assert.deepEqual([codeOf(ended.error), ended.flushes], ['ERR_DRAW', 0]);
      const rig = new DirtyRig();
      rig.start((frame) => (frame.number === 1 ? fails(rig) : undefined), { onDrawError: 'skip' });
      await settle();
      assert.deepEqual([rig.error, rig.flushes], [undefined, 0], 'the screen keeps the last frame');
      assert.deepEqual(rig.faults.map(codeOf), ['ERR_DRAW']);
      const isFence = how === 'returns a fence' || how === 'returns a buffer';
      assert.deepEqual(rig.fences.closed, isFence ? [77] : []);
      rig.clock.advance(periodMs);
      await settle();
      await rig.flushed();
      await rig.flushed();
      assert.deepEqual(shownAndDropped(rig.flips), [
        [2, 1],
        [3, 0],
      ]);
    });

  it('waits a cycle before the next try', async () => {
    const rig = new DirtyRig();
    const { throws } = bad;
    rig.start(throws, { onDrawError: 'skip' });
    for (let i = 0; i < 10; i++) await settle();
    const before = rig.faults.length;
    assert.ok(before <= 2);
    rig.clock.advance(periodMs);
    for (let i = 0; i < 10; i++) await settle();
    assert.equal(rig.faults.length, before + 1);
  });

  it('sets the mode with the first frame that succeeds', async () => {
    const rig = new DirtyRig();
    rig.start(({ number }) => (number === 0 ? bad.throws() : undefined), { onDrawError: 'skip' });
    for (let i = 0; i < 3; i++) {
      await settle();
      rig.clock.advance(periodMs);
    }
    await settle();
    assert.equal(rig.shows, 1);
    assert.equal(rig.flushes, 1);
  });

  it('is not told of a draw that its own stop has aborted', async () => {
    const rig = new DirtyRig();
    const work = ending();
    const subscription = rig.start(({ number }) => (number === 1 ? work.promise : undefined), { onDrawError: 'skip' });
    await settle();
    subscription.unsubscribe();
    work.reject(new Error('aborted'));
    await settle();
    assert.deepEqual([rig.faults, rig.next], [[], [1]], 'and the next loop has its own numbers');
  });

  it('no longer says what the buffer holds', async () => {
    const rig = new DirtyRig();
    const ages: number[] = [];
    rig.start(
      ({ number, age }) => {
        ages.push(age);
        if (number === 1) throw new Error('half-drawn');
      },
      { onDrawError: 'skip' },
    );
    await settle();
    rig.clock.advance(periodMs);
    await settle();
    await rig.flushed();
    assert.deepEqual(ages, [0, 1, 0, 1]);
  });
});

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
