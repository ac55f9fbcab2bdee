import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GuestheadError } from '../../../src/errors.js';
import type { Draw } from '../../../src/loop/index.js';
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
