/** A `draw` that does not end: given up, and what becomes of its frame and its buffer. */
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

const skip = { onDrawError: 'skip' } as const;
const codeOf = (error: unknown) => (error as GuestheadError | undefined)?.code;

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
