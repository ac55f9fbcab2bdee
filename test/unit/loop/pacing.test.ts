import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PaceObserver, type Flip, type Pace } from '../../../src/loop/index.js';
import { periodMs } from '../../support/loop-rig.js';
import { freeRunning, hostScreen, SimulatedDisplay, vblankTimer } from '../../support/simulated-display.js';

const onTime: Flip = {
  frame: 1,
  slot: 1,
  isClients: false,
  sequence: 1,
  timestampNs: 0,
  missed: 0,
  commitMs: 0.1,
  flipMs: periodMs,
  drawMs: 1,
  latencyMs: 2 * periodMs,
  tearRisk: false,
  starved: false,
  drawnLate: false,
  dropped: 0,
};

/** An observer that has seen flips these many cycles apart, after a first one. */
function observe(cycles: readonly number[], flip: Partial<Flip> = {}): PaceObserver {
  const observer = new PaceObserver(periodMs);
  let at = 1000;
  observer.record({ ...onTime, timestampNs: at * 1e6 });
  for (const interval of cycles) {
    at += interval * periodMs;
    observer.record({ ...onTime, flipMs: interval * periodMs, timestampNs: at * 1e6, ...flip });
  }
  return observer;
}

const times = (count: number, cycles: number) => Array.from({ length: count }, () => cycles);
const kindOf = (observer: PaceObserver) => observer.pacing().kind;

describe('the pace observer', () => {
  it('says nothing before it has seen sixteen intervals', () => {
    assert.equal(kindOf(observe(times(15, 1))), 'unknown');
    assert.equal(kindOf(observe(times(16, 1))), 'timer-paced');
  });

  it('forgives a timer some jitter and a miss now and then', () => {
    const cycles = Array.from({ length: 64 }, (_, i) => (i % 8 === 0 ? 2 : 1) + (i % 2 === 0 ? 0.05 : -0.05));
    assert.equal(kindOf(observe(cycles)), 'timer-paced');
  });

  it('does not take late drawing for a halved rate', () => {
    assert.equal(kindOf(observe(times(32, 2))), 'halved');
    assert.equal(kindOf(observe(times(32, 2), { flipMs: 0.3 * periodMs })), 'uneven');
    assert.equal(kindOf(observe(times(32, 2), { drawnLate: true })), 'unknown', 'late by our own doing says nothing');
    assert.equal(kindOf(observe(times(32, 2), { starved: true })), 'unknown');
  });

  it('knows a display without vblanks after eight flips in a row that were too fast, and stays with it', () => {
    assert.equal(observe(times(7, 0.1)).freeRunning, false);
    assert.equal(observe([...times(7, 0.1), 1, ...times(7, 0.1)]).freeRunning, false, 'a burst is no proof');
    const observer = observe([...times(8, 0.1), ...times(64, 1)]);
    assert.equal(observer.freeRunning, true);
    assert.equal(kindOf(observer), 'free-running', 'it is our own clock that keeps the rate now');
  });

  it('forgets what was long ago', () => {
    assert.equal(kindOf(observe([...times(64, 1.4), ...times(64, 1)])), 'timer-paced');
  });

  it('has advice for each, and for each its own', () => {
    const seen = {
      unknown: observe([]),
      'timer-paced': observe(times(32, 1)),
      'host-paced': observe(times(64, 1.4)),
      'free-running': observe(times(32, 0.1)),
      halved: observe(times(32, 2)),
      uneven: observe(Array.from({ length: 64 }, (_, i) => (i % 32 < 16 ? 1 : 2))),
    } satisfies Record<Pace, PaceObserver>;
    for (const [kind, observer] of Object.entries(seen)) assert.equal(kindOf(observer), kind);
    const advice = Object.values(seen).map((observer) => observer.pacing().advice);
    assert.equal(new Set(advice).size, 6);
    for (const text of advice) assert.ok(text.length > 20);
  });
});

describe('the loop on displays of every pace', () => {
  const displays = {
    'timer-paced': vblankTimer(),
    'host-paced': hostScreen(1000 / 45),
    'free-running': freeRunning,
    halved: vblankTimer({ cycles: 2 }),
  };
  for (const [kind, pacemaker] of Object.entries(displays))
    it(`recognises one that is ${kind}`, async () => {
      const display = new SimulatedDisplay(pacemaker);
      const { pace, subscription } = display.start();
      await display.run(2000);
      subscription.unsubscribe();
      assert.equal(kindOf(pace), kind);
    });

  it('keeps the mode’s rate by its own clock where the display has none, though timers are late', async () => {
    const display = new SimulatedDisplay(freeRunning);
    const { flips, subscription } = display.start();
    await display.run(500);
    const before = flips.length;
    await display.run(10_000);
    subscription.unsubscribe();
    const perSecond = (flips.length - before) / 10;
    assert.ok(Math.abs(perSecond - 60) <= 0.02 * 60, `${perSecond} commits a second`);
    const late = display.tried.filter((at, i) => i > 60 && at - (display.tried[i - 1] ?? 0) < 0.75 * periodMs);
    assert.deepEqual(late, [], 'no two commits within one cycle');
  });

  it('makes no bursts after a pause on such a display', async () => {
    const display = new SimulatedDisplay(freeRunning);
    let pause = false;
    const { subscription } = display.start(() => {
      if (pause) display.clock.time += 300;
      pause = false;
    });
    await display.run(1000);
    pause = true;
    await display.run(1000);
    subscription.unsubscribe();
    const settled = display.tried.filter((at) => at > 500);
    const short = settled.filter((at, i) => i > 0 && at - (settled[i - 1] ?? 0) < 0.5 * periodMs);
    assert.ok(short.length <= 1, `${short.length} commits caught up`);
    assert.ok(settled.length > 60);
  });
});
