import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bucketsMs, TimeHistogram } from '../../../../src/report/metrics/time-histogram.js';

const bucketOf = (ms: number) => bucketsMs.findIndex((bound) => ms <= bound);

describe('the buckets', () => {
  for (const hz of [240, 144, 120, 75, 60, 50, 30])
    it(`tell a flip in time at ${hz} Hz from one a cycle late or two, jitter and all`, () => {
      const jitter = 0.05;
      const buckets = [1, 2, 3].map((cycles) => {
        const ms = (cycles * 1000) / hz;
        assert.equal(bucketOf(ms * (1 - jitter)), bucketOf(ms * (1 + jitter)), `${ms} ms`);
        return bucketOf(ms);
      });
      assert.equal(new Set(buckets).size, 3);
    });

  it('rise', () => {
    assert.deepEqual(
      [...bucketsMs].sort((a, b) => a - b),
      bucketsMs,
    );
  });
});

describe('a histogram', () => {
  it('counts each value once, bounds included, and what is no time not at all', () => {
    const histogram = new TimeHistogram();
    for (const ms of [-1, 0.1, 0.2, 1e9, Infinity, NaN]) histogram.observe(ms);
    const counts = histogram.cumulated();
    assert.deepEqual(
      [counts.length, counts[0], counts[1], counts.at(-2), counts.at(-1)],
      [bucketsMs.length + 1, 2, 3, 3, 5],
    );
  });
});
