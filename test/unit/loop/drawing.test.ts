import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Draw } from '../../../src/loop/index.js';
import type { GuestheadError } from '../../../src/errors.js';
import { HandClock, periodMs, Rig, settle, shownAndDropped, start } from '../../support/loop-rig.js';
import { SimulatedDisplay, vblankTimer } from '../../support/simulated-display.js';

/** As a `draw` in JavaScript may, which no compiler has seen. */
function returning(result: unknown) {
  return (bad: number): Draw =>
    ({ number }) =>
      number === bad ? (result as undefined) : undefined;
}

const skip = { onDrawError: 'skip' } as const;
const codeOf = (error: unknown) => (error as GuestheadError | undefined)?.code;

/** A draw whose frame `bad` fails, by throwing or by rejecting. */
const failing: Record<string, (bad: number) => Draw> = {
  throws:
    (bad) =>
    ({ number }) => {
      if (number === bad) throw new Error('out of paint');
    },
  rejects:
    (bad) =>
    ({ number }) =>
      number === bad ? Promise.reject(new Error('out of paint')) : undefined,
  'returns a descriptor': returning(2),
  'returns a descriptor as its fence': returning({ fence: 2 }),
  'returns what is no imported buffer': returning({ buffer: {} }),
  'returns null': returning(null),
};

describe('a draw that fails', () => {
  for (const [how, draw] of Object.entries(failing)) {
    it(`that ${how} ends the loop with ERR_DRAW, and gives its buffer back`, async () => {
      const rig = new Rig();
      const { seen, faults } = start(rig, draw(2));
      await settle();
      assert.equal(codeOf(seen.error), 'ERR_DRAW');
      assert.deepEqual(faults, []);
      assert.equal(rig.chain.counts().drawing, 0);
      assert.deepEqual(rig.closedFences, []);
    });

    it(`that ${how} costs one frame where it is to be skipped`, async () => {
      const rig = new Rig();
      const clock = new HandClock();
      const { seen, faults, flips } = start(rig, draw(2), clock, skip);
      await settle();
      assert.equal(seen.error, undefined);
      assert.deepEqual(faults.map(codeOf), ['ERR_DRAW']);
      clock.advance(periodMs - 1);
      rig.flip();
      assert.deepEqual(rig.committed, [1], 'the screen keeps the last frame');
      clock.advance(1);
      rig.flip();
      rig.flip();
      assert.deepEqual(shownAndDropped(flips), [
        [1, 1],
        [3, 0],
        [4, 0],
      ]);
    });
  }

  it('is called again once a cycle at most', async () => {
    const display = new SimulatedDisplay(vblankTimer());
    let calls = 0;
    const draw = () => {
      calls++;
      throw new Error('always');
    };
    const { faults, seen, subscription } = display.start(draw, skip);
    await display.run(1000);
    subscription.unsubscribe();
    assert.ok(calls >= 50 && calls <= 61, `${calls} calls`);
    assert.equal(faults.length, calls);
    assert.equal(seen.error, undefined);
    assert.deepEqual(display.shown, []);
  });

  it('leaves its buffer with unknown contents', () => {
    const rig = new Rig(2);
    const clock = new HandClock();
    const ages: number[] = [];
    const draw: Draw = ({ number, age }) => {
      ages.push(age);
      if (number === 2) throw new Error('half-drawn');
    };
    start(rig, draw, clock, skip);
    rig.flip();
    clock.advance(periodMs);
    assert.deepEqual(ages, [0, 0, 2, 0]);
  });

  it('has failed as well where its pixels cannot be brought to the display', async () => {
    for (const asynchronous of [false, true]) {
      const rig = new Rig();
      const clock = new HandClock();
      let fence = 40;
      const draw: Draw = ({ number }) => {
        rig.drawing().buffer.endError = number === 2 ? new Error('no copy') : undefined;
        const result = { fence: rig.fences.make(fence++) };
        return asynchronous ? Promise.resolve(result) : result;
      };
      const { faults, seen } = start(rig, draw, clock, skip);
      for (let turn = 0; turn < 3; turn++) await settle();
      if (asynchronous) rig.flip(); // the first frame
      for (let turn = 0; turn < 3; turn++) await settle();
      assert.equal(seen.error, undefined);
      assert.match(String(faults), /no copy/);
      assert.equal(faults.length, 1);
      assert.deepEqual(rig.closedFences, [40, 42], 'the first is on the screen');
      clock.advance(periodMs);
      for (let turn = 0; turn < 3; turn++) await settle();
      rig.flip();
      assert.deepEqual(rig.committed.length, 2, 'the loop goes on');
    }
  });
});

describe('a slow draw', () => {
  it('of 200 ms is shown late and counted, without an error, under both policies', async () => {
    for (const onDrawError of ['end', 'skip'] as const) {
      const display = new SimulatedDisplay(vblankTimer());
      const draw: Draw = ({ number }) =>
        number % 10 === 9 ? new Promise<void>((resolve) => void display.clock.after(200, resolve)) : undefined;
      const { flips, seen, faults, subscription } = display.start(draw, { onDrawError });
      await display.run(2000);
      subscription.unsubscribe();
      assert.deepEqual([seen.error, faults], [undefined, []]);
      const late = flips.filter(({ drawnLate }) => drawnLate);
      assert.ok(late.length >= 4);
      for (const { frame, missed, starved } of late) {
        assert.equal(frame % 10, 9);
        assert.ok(missed >= 9 && missed <= 12, `${missed} missed`);
        assert.equal(starved, false);
      }
      assert.ok(flips.every(({ drawnLate, missed }) => drawnLate || missed === 0));
    }
  });
});

describe('a draw in which the loop is stopped', () => {
  it('has its fence closed and its buffer given back', () => {
    const rig = new Rig();
    const seen: { unsubscribe?: () => void } = {};
    const { subscription, flips } = start(rig, ({ number }) => {
      if (number < 3) return undefined;
      seen.unsubscribe?.();
      return { fence: rig.fences.make(77) };
    });
    seen.unsubscribe = () => {
      subscription.unsubscribe();
    };
    rig.flip();
    assert.equal(flips.length, 1);
    assert.deepEqual(rig.closedFences, [77]);
    assert.equal(rig.chain.counts().drawing, 0);
  });

  it('may fail unheard', () => {
    const rig = new Rig();
    const clock = new HandClock();
    const seen: { unsubscribe?: () => void } = {};
    const run = start(
      rig,
      ({ number }) => {
        if (number < 3) return;
        seen.unsubscribe?.();
        throw new Error('too late to matter');
      },
      clock,
      skip,
    );
    seen.unsubscribe = () => {
      run.subscription.unsubscribe();
    };
    rig.flip();
    assert.deepEqual([run.seen.error, run.faults], [undefined, []]);
    assert.equal(rig.chain.counts().drawing, 0);
  });
});
