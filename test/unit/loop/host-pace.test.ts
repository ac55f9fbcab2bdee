/** Who sets the pace: sequences of flips as a host's screen, a busy guest and chance make them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hostPaceOf, type PacedFlip } from '../../../src/loop/index.js';
import { Random } from '../../support/random.js';

const count = 400;
/** The first flips are not of the pattern yet. */
const settling = 10;

/**
 * Flips under a host that shows a picture at each refresh of its own, `modeHz / hostHz` cycles apart, where the
 * guest's timer rounds up to whole cycles. `jitter`: of the host's, in cycles; `drops`: the refreshes that it leaves out.
 */
function underHost(hostHz: number, modeHz: number, { jitter = 0, drops = 0, rounded = true } = {}): PacedFlip[] {
  const random = new Random(7);
  const uniform = () => random.whole(0, 1000) / 1000;
  const host = modeHz / hostHz;
  let [due, last] = [0.3, 0];
  const flips = Array.from({ length: count + settling }, () => {
    due += host * (uniform() < drops ? 2 : 1);
    const done = due + (uniform() - 0.5) * jitter;
    const at = rounded ? Math.max(Math.ceil(done), last + 1) : done;
    const interval = at - last;
    last = at;
    return { interval, flip: interval - 0.05 };
  });
  return flips.slice(settling);
}

/** Each flip is late by one cycle with this probability; `waited`: although it was committed in time. */
function byChance(share: number, seed: number, waited = true): PacedFlip[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const interval = random.whole(1, 1000) <= share * 1000 ? 2 : 1;
    return { interval, flip: waited ? interval - 0.05 : 0.8 };
  });
}

const hzOf = (flips: readonly PacedFlip[], modeHz: number) => (hostPaceOf(flips)?.hz ?? NaN) * modeHz;

describe('the pace of a host’s screen', () => {
  for (const [hostHz, modeHz] of [
    [60, 75],
    [59.94, 75],
    [60, 70],
    [60, 100],
    [60, 62],
    [40, 75],
    [50, 60],
    [24, 60],
  ] as const)
    it(`of ${hostHz} Hz is known under a mode of ${modeHz} Hz`, () => {
      for (const jitter of [0, 0.4]) {
        const hz = hzOf(underHost(hostHz, modeHz, { jitter }), modeHz);
        assert.ok(Math.abs(hz - hostHz) < 0.01 * hostHz, `${hz} Hz with a jitter of ${jitter}`);
      }
    });

  it('is known without a vblank timer in the guest, whose flips then come with the host’s', () => {
    const hz = hzOf(underHost(60, 75, { jitter: 0.1, rounded: false }), 75);
    assert.ok(Math.abs(hz - 60) < 0.6, `${hz} Hz`);
  });

  it('is known where the host drops a frame now and then, which are told apart', () => {
    const pace = hostPaceOf(underHost(60, 75, { drops: 0.015, jitter: 0.2 }));
    assert.ok(pace !== undefined);
    assert.ok(Math.abs(pace.hz * 75 - 60) < 1, `${pace.hz * 75} Hz`);
    assert.ok(pace.lateShare > 0 && pace.lateShare < 0.015, String(pace.lateShare));
  });

  it('is not taken from flips that come late by chance, one run of a hundred excepted', () => {
    for (const share of [0.03, 0.1, 0.27, 0.5]) {
      const taken = Array.from({ length: 500 }, (_, i) => hostPaceOf(byChance(share, i + 1))).filter(Boolean);
      assert.ok(taken.length <= 5, `${taken.length} of 500 at ${share}`);
    }
  });

  it('is not taken from flips that were committed late, however evenly', () => {
    const late = underHost(60, 75).map(({ interval }) => ({ interval, flip: 0.8 }));
    assert.equal(hostPaceOf(late), undefined);
  });

  it('is none where the mode keeps its rate, or half of it', () => {
    const each = (interval: number) => Array.from({ length: count }, () => ({ interval, flip: interval - 0.05 }));
    assert.equal(hostPaceOf(each(1)), undefined);
    assert.equal(hostPaceOf(each(2)), undefined);
    assert.equal(hostPaceOf(underHost(59.94, 60)), undefined, 'a cycle in a thousand');
  });

  it('is not known from a few flips', () => {
    assert.equal(hostPaceOf(underHost(60, 75).slice(0, 40)), undefined);
  });
});
