/** Readers' fences: what still reads a buffer after it was replaced. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HandClock, periodMs, Rig, start } from '../../support/loop-rig.js';
import { SimulatedDisplay, vblankTimer } from '../../support/simulated-display.js';

/** A loop whose `draw` fails where it is given a buffer that a reader holds. */
function startReading(presentMode: 'fifo' | 'mailbox') {
  const display = new SimulatedDisplay(vblankTimer());
  const locked = new Set<number>();
  const draw = () => {
    const { index } = display.drawing();
    assert.ok(!locked.has(index), `buffer ${index} was drawn into while it was read`);
  };
  const hold = (slots: readonly number[]) => {
    for (const slot of slots) display.native.held.add(slot);
  };
  /** A buffer on the screen, or on its way, is read from then on. */
  const lockDraining = () => {
    for (const { index, state } of display.chain.slots)
      if (state === 'draining' && display.native.held.has(index)) locked.add(index);
  };
  const signal = (slot: number) => {
    locked.delete(slot);
    display.signal(slot);
  };
  return { display, locked, hold, lockDraining, signal, ...display.start(draw, { presentMode }) };
}

describe('readers that have let go', () => {
  it('are not blamed for a flip that the display misses later', () => {
    const rig = new Rig(3);
    const clock = new HandClock();
    const { flips } = start(rig, () => undefined, clock);
    rig.native.held.add(0).add(1);
    rig.flip();
    rig.flip();
    clock.advance(50);
    rig.signal(0);
    rig.signal(1);
    rig.flip({ cycles: 3 });
    rig.flip({ cycles: 3 });
    assert.deepEqual(
      flips.map(({ missed, starved }) => [missed, starved]),
      [
        [0, false],
        [0, false],
        [2, true],
        [2, false],
      ],
    );
  });
});

for (const presentMode of ['fifo', 'mailbox'] as const)
  describe(`readers, with ${presentMode}`, () => {
    for (const count of [1, 2, 3, 4])
      it(`of ${count} of four buffers keep them from being drawn into`, async () => {
        const { display, locked, hold, lockDraining, signal, flips, seen, subscription } = startReading(presentMode);
        const slots = Array.from({ length: count }, (_, slot) => slot);
        await display.run(500);
        hold(slots);
        for (let i = 0; i < 30; i++) {
          await display.run(periodMs);
          lockDraining();
        }
        const before = flips.length;
        await display.run(500);
        const inBetween = flips.length - before;
        assert.equal(seen.error, undefined);
        assert.equal(locked.size, Math.min(count, 3), 'the last of four stays on the screen');
        if (count <= 2) assert.ok(inBetween >= 28, `${inBetween} flips on what was free`);
        else assert.equal(inBetween, 0, 'starved');
        for (const slot of [...locked]) signal(slot);
        display.native.held.clear();
        await display.run(1000);
        subscription.unsubscribe();
        assert.equal(seen.error, undefined);
        assert.ok(flips.length - before - inBetween >= 58, 'at full rate again');
        const starved = flips.filter((flip) => flip.starved);
        assert.equal(starved.length, count <= 2 ? 0 : 1);
        assert.ok(flips.slice(-50).every((flip) => !flip.starved && flip.missed === 0));
      });

    it('of one buffer cost no flip', async () => {
      const { display, hold, flips, subscription } = startReading(presentMode);
      hold([2]);
      await display.run(2000);
      subscription.unsubscribe();
      assert.ok(flips.length > 110);
      assert.ok(flips.every(({ missed, starved }) => missed === 0 && !starved));
    });

    it('that take half a second each time starve the loop, which is counted in the flips that come late', async () => {
      const { display, hold, signal, flips, faults, subscription } = startReading(presentMode);
      for (let round = 0; round < 4; round++) {
        hold([0, 1, 2, 3]);
        await display.run(500);
        display.native.held.clear();
        for (const { index, state } of display.chain.slots) if (state === 'draining') signal(index);
        await display.run(100);
      }
      subscription.unsubscribe();
      const late = flips.filter(({ missed }) => missed > 0);
      assert.equal(late.length, 4);
      assert.ok(late.every(({ starved, drawnLate }) => starved && !drawnLate));
      assert.equal(flips.filter(({ starved }) => starved).length, 4);
      assert.deepEqual(faults, [], 'half a second is no timeout');
    });
  });
