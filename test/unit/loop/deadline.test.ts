import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Deadline, type Flip } from '../../../src/loop/index.js';
import { periodMs, startCounting } from '../../support/loop-rig.js';
import {
  freeRunning,
  latencyOf,
  mean,
  settled,
  simulate,
  SimulatedDisplay,
  vblankTimer,
} from '../../support/simulated-display.js';

const onTime = { missed: 0, drawnLate: false };
const aMiss = { missed: 1, drawnLate: false };

function learnt(flips: number, drawMs: number): Deadline {
  const deadline = new Deadline(periodMs);
  for (let i = 0; i < flips; i++) deadline.record(onTime, drawMs);
  return deadline;
}

describe('the deadline', () => {
  it('leaves the time that drawing took, and a reserve', () => {
    const [idle, busy] = [learnt(500, 0), learnt(500, 5)];
    assert.ok(idle.delayMs > 0.8 * periodMs && idle.delayMs < 0.9 * periodMs);
    assert.ok(Math.abs(idle.delayMs - busy.delayMs - 5) < 1e-9);
    assert.equal(learnt(500, 2 * periodMs).delayMs, 0);
  });

  it('grows its reserve with a missed flip, and shrinks it while there is none', () => {
    const deadline = learnt(500, 4);
    const calm = deadline.delayMs;
    deadline.record(aMiss, 4);
    const alarmed = deadline.delayMs;
    assert.ok(alarmed < calm);
    deadline.record(onTime, 4);
    assert.ok(deadline.delayMs > alarmed, 'at once');
    assert.ok(deadline.delayMs < calm, 'but slowly');
    for (let i = 0; i < 500; i++) deadline.record(onTime, 4);
    assert.equal(deadline.delayMs, calm);
  });

  it('does not blame the display for a slow drawing', () => {
    const deadline = learnt(500, 4);
    const calm = deadline.delayMs;
    deadline.record({ missed: 1, drawnLate: true }, 4);
    assert.equal(deadline.delayMs, calm);
  });

  it('remembers a slow drawing for a while', () => {
    const deadline = learnt(500, 2);
    const calm = deadline.delayMs;
    deadline.record(onTime, 8);
    assert.ok(calm - deadline.delayMs > 5.9);
    for (let i = 0; i < 500; i++) deadline.record(onTime, 2);
    assert.equal(deadline.delayMs, calm);
  });

  it('never waits for longer than a cycle, nor a negative time, whatever happens', () => {
    const deadline = new Deadline(periodMs);
    for (let i = 0; i < 50; i++) deadline.record(aMiss, 100 * (i % 2));
    assert.equal(deadline.delayMs, 0);
  });
});

const missedOf = (flips: readonly Flip[]) => flips.reduce((sum, { missed }) => sum + missed, 0);

describe('late drawing', () => {
  it('shows fresher pictures than fifo, and misses no flip', async () => {
    const fifo = await simulate(vblankTimer(), 4, {});
    const late = await simulate(vblankTimer(), 4, { deadline: true });
    assert.equal(missedOf(late.flips), 0);
    assert.ok(late.flips.length >= fifo.flips.length - 2);
    assert.ok(latencyOf(fifo.flips) > 1.8 * periodMs);
    assert.ok(latencyOf(late.flips) < 0.5 * periodMs, `${latencyOf(late.flips)} ms`);
  });

  it('begins as late as the drawing allows', async () => {
    const quick = await simulate(vblankTimer(), 1, { deadline: true });
    const slow = await simulate(vblankTimer(), 8, { deadline: true });
    const apart = mean(settled(quick.starts)) - mean(settled(slow.starts));
    assert.ok(apart > 6 && apart < 8, `${apart} ms`);
    assert.ok(mean(settled(quick.starts)) > 0.7 * periodMs);
    assert.equal(missedOf(quick.flips) + missedOf(slow.flips), 0);
  });

  it('begins earlier after a missed flip, and later again when there is no more', async () => {
    const display = new SimulatedDisplay(vblankTimer());
    display.turnMs = 0.1;
    const starts: number[] = [];
    const draw = () => void starts.push(display.clock.time - display.native.timestampNs / 1e6);
    const { flips, subscription } = display.start(draw, { deadline: true });
    await display.run(4000);
    const calm = starts.at(-1) ?? 0;
    display.pacemaker = vblankTimer({ hostMs: 0.3 * periodMs });
    await display.run(2 * periodMs);
    display.pacemaker = vblankTimer();
    await display.run(2 * periodMs);
    const alarmed = starts.at(-1) ?? 0;
    await display.run(4000);
    subscription.unsubscribe();
    assert.equal(missedOf(flips), 1);
    assert.ok(alarmed < calm - 0.7, `${alarmed} after ${calm} ms`);
    assert.ok((starts.at(-1) ?? 0) > calm - 0.2);
  });

  it('finds the reserve that a slow host needs', async () => {
    const { flips } = await simulate(vblankTimer({ hostMs: 6 }), 2, { deadline: true }, 10);
    assert.ok(missedOf(flips) < 0.1 * flips.length, `${missedOf(flips)} missed of ${flips.length}`);
  });

  it('comes as early as it can where drawing takes longer than a cycle', async () => {
    const { starts, flips } = await simulate(vblankTimer(), 1.3 * periodMs, { deadline: true });
    assert.ok(mean(settled(starts)) < 1.5);
    assert.ok(settled(flips).every(({ drawnLate }) => drawnLate));
  });

  it('keeps the rate of a display without vblanks', async () => {
    const { display, flips } = await simulate(freeRunning, 4, { deadline: true });
    const tried = display.tried.filter((at) => at > 2000);
    const perSecond = (1000 * (tried.length - 1)) / ((tried.at(-1) ?? 0) - (tried[0] ?? 0));
    assert.ok(Math.abs(perSecond - 60) < 0.02 * 60, `${perSecond} a second`);
    assert.ok(latencyOf(flips) < 0.6 * periodMs);
  });

  it('draws nothing ahead, and nothing while a commit waits', () => {
    const { rig, clock, drawn } = startCounting({ deadline: true, presentMode: 'mailbox' });
    for (let turn = 0; turn < 10; turn++) clock.advance(periodMs);
    assert.equal(drawn(), 2, 'one on the screen, one committed');
    assert.equal(rig.chain.counts().drawing, 0);
  });

  it('stops waiting when the loop stops', () => {
    const { rig, clock, drawn, subscription } = startCounting({ deadline: true });
    clock.advance(periodMs);
    rig.flip();
    subscription.unsubscribe();
    const before = drawn();
    for (let turn = 0; turn < 10; turn++) clock.advance(periodMs);
    assert.equal(drawn(), before);
  });
});
