import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FlipStatistics } from '../../../src/head/index.js';
import { flipAt, statsOf } from '../../support/flips.js';

const flips = (count: number) => Array.from({ length: count }, (_, i) => flipAt(i));

describe('the figures of a head', () => {
  it('count flips a second by the kernel time between the first flip and the last', () => {
    const { frames, flipsPerSecond, seconds } = statsOf(flips(601));
    assert.deepEqual([frames, flipsPerSecond, seconds], [600, 60, 10]);
  });

  it('are counted anew after a reset, from the flip before it', () => {
    const statistics = new FlipStatistics(() => 0);
    for (let i = 0; i < 20; i++) {
      statistics.record(flipAt(i, i < 8 ? { missed: 5, commitMs: 99 } : {}));
      if (i === 7) statistics.reset();
    }
    const { frames, missedFlips, commitMs, flipsPerSecond } = statistics.stats();
    assert.deepEqual([frames, missedFlips, commitMs?.max, flipsPerSecond], [12, 0, 1, 60]);
  });

  it('of a stream that begins again leave out the time between', () => {
    const statistics = new FlipStatistics(() => 0);
    for (const flip of flips(10)) statistics.record(flip);
    statistics.begin();
    assert.equal(statistics.stats().frames, 0);
    for (let i = 1000; i <= 1010; i++) statistics.record(flipAt(i));
    const { frames, flipsPerSecond } = statistics.stats();
    assert.deepEqual([frames, flipsPerSecond], [10, 60]);
  });

  it('give percentiles in milliseconds', () => {
    const { commitMs } = statsOf(Array.from({ length: 101 }, (_, i) => flipAt(i, { commitMs: i })));
    assert.ok(Math.abs((commitMs?.p50 ?? 0) - 50) < 1);
    assert.ok(Math.abs((commitMs?.p99 ?? 0) - 99) < 1);
    assert.ok(Math.abs((commitMs?.max ?? 0) - 100) < 1);
  });

  it('say null where no flush fence was seen', () => {
    assert.equal(statsOf(flips(3)).flushFenceMs, null);
  });

  it('share what was copied between the frames since then', () => {
    let copied = 500;
    const statistics = new FlipStatistics(() => copied);
    for (let i = 0; i < 5; i++) {
      statistics.record(flipAt(i));
      copied += 100;
    }
    assert.equal(statistics.stats().bytesCopiedPerFrame, 125);
  });
});
