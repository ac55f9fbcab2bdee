/** Two clocks that know nothing of each other, and pictures between them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Arrivals } from '../../../src/lab/arrivals.js';

const periodMs = 10;

/** Pictures that leave each period of the guest's clock, which is `ahead` and gains `drift`; `way` in ms of ours. */
function arrivals(ways: readonly number[], { ahead = 0, drift = 0 } = {}) {
  const all = new Arrivals();
  ways.forEach((way, index) => {
    const left = index * periodMs;
    all.record({ at: left * (1 + drift) + ahead, periodMs }, left + way);
  });
  return all.report();
}

describe('arrivals', () => {
  it('are as late as they took longer than the quickest, whatever the clocks say', () => {
    for (const ahead of [0, 1e9, -1e9]) {
      const { late, delayMs } = arrivals([2, 2, 13, 2, 11], { ahead }) ?? assert.fail();
      assert.equal(late, 1);
      assert.ok(Math.abs(delayMs.max - 11) < 0.1, `${delayMs.max} ms`);
    }
  });

  it('are not late for a clock that goes slow or fast', () => {
    const ways = Array.from({ length: 60_000 }, () => 2);
    for (const drift of [5e-4, -5e-4]) assert.equal(arrivals(ways, { drift })?.late, 0, `${drift}`);
  });

  it('are late for no longer than it takes to see that a machine stood still', () => {
    const [before, after] = [2000, 3000];
    const ways = [...Array.from({ length: before }, () => 2), ...Array.from({ length: after }, () => 60_002)];
    const late = arrivals(ways)?.late ?? 0;
    assert.ok(late > 0 && late <= 10_000 / periodMs + 1, `${late} of ${after}`);
  });

  it('begin anew with each report', () => {
    const all = new Arrivals();
    all.record({ at: 1000, periodMs }, 1);
    assert.notEqual(all.report(), null);
    assert.equal(all.report(), null);
    all.record({ at: 0, periodMs }, 500);
    assert.deepEqual(all.report()?.late, 0);
  });
});
