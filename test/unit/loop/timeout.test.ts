import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HandClock, Rig, start, startCounting } from '../../support/loop-rig.js';

const quarter = 500;

/** As the loop's watchdog sees it: every quarter of the flip timeout. */
function pass(clock: HandClock, ms: number): void {
  for (let passed = 0; passed < ms; passed += quarter) clock.advance(quarter);
}

describe('a flip that does not come', () => {
  it('is reported once, with the fences that are pending, and the loop goes on when it comes', () => {
    const rig = new Rig();
    const clock = new HandClock();
    const { faults, flips, seen } = start(rig, () => undefined, clock);
    pass(clock, 1500);
    assert.equal(faults.length, 0);
    pass(clock, 8500);
    assert.deepEqual(
      faults.map(({ code, message }) => [code, message]),
      [['ERR_FLIP_TIMEOUT', 'No flip event for 2000 ms']],
    );
    assert.match(faults[0]?.advice ?? '', /waits for the fence of vgem \(unbound\)/);
    assert.equal(rig.inFences.length, 2, 'no commit was tried in the meantime');
    rig.flip({ cycles: 600 });
    rig.flip();
    assert.equal(flips.length, 2);
    assert.equal(rig.committed.length, 3);
    assert.equal(seen.error, undefined);
  });

  it('is reported again the next time', () => {
    const rig = new Rig();
    const clock = new HandClock();
    const { faults } = start(rig, () => undefined, clock);
    pass(clock, 3000);
    rig.flip();
    assert.equal(faults.length, 1);
    pass(clock, 1500);
    assert.equal(faults.length, 1, 'counted from its own commit');
    pass(clock, 1500);
    assert.equal(faults.length, 2);
  });

  it('is the host’s doing where no fence is pending', () => {
    const rig = new Rig();
    rig.pendingFences = () => [];
    const clock = new HandClock();
    const { faults } = start(rig, () => undefined, clock);
    pass(clock, 2500);
    assert.match(faults[0]?.advice ?? '', /the host holds the display up/);
  });

  it('asks for the fences of the buffer that waits, and its in-fence', () => {
    const rig = new Rig();
    const asked: [number, number][] = [];
    rig.pendingFences = (slot, inFence) => {
      asked.push([slot, inFence]);
      return [];
    };
    const clock = new HandClock();
    start(rig, ({ number }) => ({ fence: rig.fences.make(40 + number) }), clock);
    pass(clock, 2500);
    assert.deepEqual(asked, [[1, 41]]);
  });

  it('makes a mailbox draw on, but commit nothing', () => {
    const { rig, clock, drawn, faults } = startCounting({ presentMode: 'mailbox' });
    pass(clock, 10_000);
    assert.equal(faults.length, 1);
    assert.equal(rig.inFences.length, 2);
    assert.ok(drawn() > 10);
  });

  it('is not reported while flips come, nor after the loop was stopped', () => {
    const rig = new Rig();
    const clock = new HandClock();
    const { faults, subscription } = start(rig, () => undefined, clock);
    for (let i = 0; i < 20; i++) {
      clock.advance(quarter);
      rig.flip();
    }
    subscription.unsubscribe();
    pass(clock, 10_000);
    assert.equal(faults.length, 0);
  });
});

describe('buffers that nobody lets go of', () => {
  it('are reported once, each with what it waits for, and the loop goes on when one comes back', () => {
    const rig = new Rig(3);
    const clock = new HandClock();
    for (const slot of [0, 1, 2]) rig.native.held.add(slot);
    const { faults, flips, seen } = start(rig, () => undefined, clock);
    rig.flip();
    rig.flip();
    pass(clock, 1500);
    assert.equal(faults.length, 0);
    pass(clock, 8500);
    assert.deepEqual(
      faults.map(({ code, message }) => [code, message]),
      [['ERR_FLIP_TIMEOUT', 'Every buffer has been locked for 2000 ms']],
    );
    const advice = faults[0]?.advice ?? '';
    assert.match(
      advice,
      /buffer 0 waits for its flush fence \(pending: vgem \(unbound\)\); buffer 1 waits .*; buffer 2 is on the/,
    );
    rig.signal(1);
    rig.flip({ cycles: 600 });
    assert.deepEqual([flips.length, flips.at(-1)?.starved], [3, true]);
    assert.equal(seen.error, undefined);
    pass(clock, 10_000);
    assert.equal(faults.length, 2, 'locked once more: reported once more');
  });

  it('do not hide that the flip after them does not come either', () => {
    const rig = new Rig(3);
    const clock = new HandClock();
    for (const slot of [0, 1, 2]) rig.native.held.add(slot);
    const { faults } = start(rig, () => undefined, clock);
    rig.flip();
    rig.flip();
    pass(clock, 2500);
    rig.signal(1);
    pass(clock, 2500);
    assert.deepEqual(
      faults.map(({ message }) => message),
      ['Every buffer has been locked for 2000 ms', 'No flip event for 2000 ms'],
    );
  });

  it('are no matter while a flip is under way', () => {
    const rig = new Rig(3);
    const clock = new HandClock();
    for (const slot of [0, 1, 2]) rig.native.held.add(slot);
    const { faults } = start(rig, () => undefined, clock);
    rig.flip();
    pass(clock, 3000);
    assert.match(String(faults), /No flip event/);
  });
});
