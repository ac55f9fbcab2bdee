import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Draw, Drawable } from '../../../src/loop/index.js';
import type { GuestheadError } from '../../../src/errors.js';
import {
  ending,
  HandClock,
  periodMs,
  Rig,
  settle,
  shownAndDropped,
  start,
  type Ending,
} from '../../support/loop-rig.js';
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

/** Frames up to `first` are drawn at once, all later ones end by hand. */
function startWorks(rig: Rig, clock: HandClock, first: number, options = {}, changes = {}) {
  const works: (Ending & { readonly signal: AbortSignal; readonly buffer: Drawable; readonly frame: number })[] = [];
  const draw: Draw = ({ number, signal }) => {
    if (number < first) return undefined;
    const work = { ...ending(), signal, buffer: rig.drawing().buffer, frame: number };
    works.push(work);
    return work.promise;
  };
  return { works, ...start(rig, draw, clock, options, changes) };
}

describe('a draw that never ends', () => {
  it('is aborted after the flip timeout, and ends the loop', async () => {
    const rig = new Rig();
    const clock = new HandClock();
    const { works, seen } = startWorks(rig, clock, 2, { flipTimeoutMs: 400 });
    const aborted = () => works.map(({ signal }) => signal.aborted);
    for (let i = 0; i < 3; i++) clock.advance(100);
    assert.deepEqual(aborted(), [false]);
    assert.equal(seen.error, undefined);
    clock.advance(100);
    assert.deepEqual(aborted(), [true]);
    assert.equal(codeOf(seen.error), 'ERR_DRAW');
    assert.match(String(seen.error), /frame 2 for more than 400 ms/);
    works[0]?.resolve({ fence: rig.fences.make(77) });
    await settle();
    assert.deepEqual(rig.closedFences.includes(77), true, 'what comes too late is closed');
    assert.equal(rig.chain.counts().drawing, 0);
  });

  it('costs its frame and its buffer where it is to be skipped, until it ends after all', async () => {
    const rig = new Rig();
    const clock = new HandClock();
    const { works, seen, faults, flips } = startWorks(rig, clock, 2, { ...skip, flipTimeoutMs: 400 });
    for (let i = 0; i < 4; i++) clock.advance(100);
    clock.advance(periodMs);
    assert.equal(seen.error, undefined);
    assert.deepEqual(faults.filter(({ code }) => code === 'ERR_DRAW').length, 1);
    assert.equal(works.length, 2, 'the next frame is drawn');
    assert.notEqual(works[0]?.buffer, works[1]?.buffer);
    assert.deepEqual(
      works.map(({ signal }) => signal.aborted),
      [true, false],
    );
    works[0]?.resolve({ fence: rig.fences.make(77) });
    await settle();
    assert.deepEqual(rig.closedFences, [77]);
    assert.deepEqual(rig.committed, [1], 'a late picture is not shown');
    works[1]?.resolve({ fence: rig.fences.make(78) });
    await settle();
    rig.flip();
    rig.flip();
    assert.deepEqual(shownAndDropped(flips), [
      [1, 1],
      [3, 0],
    ]);
    assert.deepEqual(rig.inFences, [-1, -1, 78]);
  });

  it('is not counted while the render GPU has a job, which has a limit of its own, but from when that is done', async () => {
    const rig = new Rig();
    const clock = new HandClock();
    let doneAt = Infinity; // the driver compiles
    const gpuIdleMs = () => Math.max(0, clock.now() - doneAt);
    const { works, seen } = startWorks(rig, clock, 0, { flipTimeoutMs: 400 }, { gpuIdleMs });
    const aborted = () => works.map(({ signal }) => signal.aborted);
    for (let i = 0; i < 100; i++) clock.advance(100);
    assert.deepEqual([aborted(), seen.error], [[false], undefined]);
    doneAt = clock.now();
    for (let i = 0; i < 3; i++) clock.advance(100);
    assert.deepEqual(aborted(), [false]);
    clock.advance(100);
    assert.deepEqual([aborted(), codeOf(seen.error)], [[true], 'ERR_DRAW']);
    await settle();
  });

  it('never has its buffer given to another frame, however many there are', async () => {
    const rig = new Rig();
    const clock = new HandClock();
    const { works, faults } = startWorks(rig, clock, 0, { ...skip, flipTimeoutMs: 100 });
    for (let i = 0; i < 100; i++) clock.advance(25);
    assert.equal(works.length, 4);
    assert.equal(new Set(works.map(({ buffer }) => buffer)).size, 4);
    const stuck = faults.filter(({ code }) => code === 'ERR_FLIP_TIMEOUT');
    assert.equal(stuck.length, 1);
    assert.match(stuck[0]?.advice ?? '', /buffer 0 is being drawn/);
    works[2]?.reject(new Error('late'));
    await settle();
    assert.equal(works.length, 5, 'the loop goes on with the buffer that came back');
    assert.equal(works[4]?.buffer, works[2]?.buffer);
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
