import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Frame } from '../../../src/loop/index.js';
import {
  ending,
  HandClock,
  periodMs,
  Rig,
  settle,
  shownAndDropped,
  start,
  startCounting,
} from '../../support/loop-rig.js';
import { latencyOf, simulate, vblankTimer } from '../../support/simulated-display.js';

const mailbox = { presentMode: 'mailbox' } as const;
/** A mailbox draws on this long after a drawing. */
const redrawMs = periodMs / 8;

describe('the mailbox', () => {
  it('draws on while a commit waits, and shows the newest', () => {
    const rig = new Rig();
    const clock = new HandClock();
    const drawn: number[] = [];
    const { flips } = start(rig, ({ number }) => void drawn.push(number), clock, mailbox);
    clock.advance(redrawMs);
    assert.deepEqual(drawn, [0, 1, 2], 'on the screen, committed, ready');
    for (let turn = 0; turn < 5; turn++) clock.advance(redrawMs);
    assert.deepEqual(drawn, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.equal(rig.committed.length, 1, 'one commit at a time');
    rig.flip();
    rig.flip();
    assert.deepEqual(shownAndDropped(flips), [
      [1, 5],
      [7, 0],
    ]);
  });

  it('draws no more than eight times a cycle: what the kernel has to say is heard in between', () => {
    const { clock, drawn } = startCounting(mailbox);
    const before = drawn();
    clock.advance(redrawMs);
    assert.equal(drawn(), before + 1);
    clock.advance(1000);
    assert.equal(drawn(), before + 2, 'however long the turn took');
  });

  it('shows each frame in its turn where draw is slower than the display', async () => {
    const { flips } = await simulate(vblankTimer(), 1.2 * periodMs, mailbox);
    assert.ok(flips.length > 30);
    assert.ok(flips.every(({ dropped }) => dropped === 0));
  });

  it('counts what it drops, each frame in one flip or in none', async () => {
    const { flips } = await simulate(vblankTimer(), 3, mailbox);
    const gaps = flips.slice(1).map(({ frame }, i) => frame - (flips[i]?.frame ?? 0) - 1);
    assert.deepEqual(
      flips.slice(0, -1).map(({ dropped }) => dropped),
      gaps,
    );
    assert.ok(gaps.length > 50 && gaps.slice(10).every((gap) => gap >= 1));
  });

  it('is fresher than fifo', async () => {
    const runs = await Promise.all([{}, mailbox].map((options) => simulate(vblankTimer(), 3, options)));
    const [fifo = 0, newest = 0] = runs.map(({ flips }) => latencyOf(flips));
    assert.ok(newest < fifo - 5, `${newest} and ${fifo} ms`);
  });

  it('draws no further than there are free buffers', () => {
    for (const buffers of [2, 3]) {
      const { clock, drawn } = startCounting(mailbox, new Rig(buffers));
      for (let turn = 0; turn < 6; turn++) clock.advance(redrawMs);
      assert.equal(drawn(), buffers, 'the ready frame keeps its buffer until it is shown');
    }
    const { rig, clock, drawn } = startCounting(mailbox);
    clock.advance(redrawMs);
    rig.native.held.add(0);
    rig.flip(); // 0 drains and is held: 1 is on the screen, 2 committed, 3 ready
    const before = drawn();
    for (let turn = 0; turn < 5; turn++) clock.advance(redrawMs);
    assert.equal(drawn(), before + 1);
    assert.equal(rig.chain.counts().free, 0);
    rig.signal(0);
    assert.equal(drawn(), before + 2);
  });

  it('knows what a dropped buffer holds', () => {
    const rig = new Rig();
    const clock = new HandClock();
    const contents = new Map<number, number>();
    const draw = ({ number, age }: Frame) => {
      const { index } = rig.drawing();
      const held = contents.get(index);
      assert.equal(age, held === undefined ? 0 : number - held, `frame ${number} in buffer ${index}`);
      contents.set(index, number);
    };
    const { seen, flips } = start(rig, draw, clock, mailbox);
    for (let turn = 0; turn < 40; turn++) {
      clock.advance(redrawMs);
      if (turn % 3 === 0) rig.flip();
    }
    assert.equal(seen.error, undefined);
    assert.ok(flips.length > 10);
    assert.equal(contents.size, 4);
  });

  it('closes the fence of a dropped frame, and commits with that of the newest', () => {
    const rig = new Rig();
    const clock = new HandClock();
    start(rig, ({ number }) => ({ fence: rig.fences.make(40 + number) }), clock, mailbox);
    clock.advance(redrawMs);
    clock.advance(redrawMs);
    assert.deepEqual(rig.closedFences, [40, 42], 'shown with the mode; dropped');
    rig.flip();
    assert.deepEqual(rig.inFences, [40, 41, 43]);
  });

  it('commits what is ready while an async draw is still at work', async () => {
    const rig = new Rig();
    const clock = new HandClock();
    const work = ending();
    start(rig, ({ number }) => (number < 3 ? undefined : work.promise), clock, mailbox);
    clock.advance(redrawMs);
    clock.advance(redrawMs);
    rig.flip();
    assert.deepEqual(rig.committed, [1, 2]);
    work.resolve();
    await settle();
    rig.flip();
    assert.deepEqual(rig.committed, [1, 2, 3]);
  });
});
