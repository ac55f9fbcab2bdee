import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maxSamples, SampleLog } from '../../../src/report/index.js';
import { flipAt } from '../../support/flips.js';

describe('the samples of a run', () => {
  it('are each measured frame’s values, rounded to µs, without what came before', () => {
    const log = new SampleLog();
    log.begin(flipAt(0));
    log.record(flipAt(1, { commitMs: 9 }));
    log.recordFlushFence(9);
    log.begin(flipAt(2));
    log.record(flipAt(3, { commitMs: 0.12345, flipMs: 14, latencyMs: 21, drawMs: 3 }));
    log.record(flipAt(5, { commitMs: 0.0004, flipMs: 15, latencyMs: 22, drawMs: 4 }));
    log.recordFlushFence(4.56789);
    assert.deepEqual(log.samples(), {
      commitMs: [0.123, 0],
      flipMs: [14, 15],
      latencyMs: [21, 22],
      drawMs: [3, 4],
      flushFenceMs: [4.568],
      intervalMs: [16.667, 33.333],
    });
  });

  it('are bounded, and the newest', () => {
    const log = new SampleLog();
    log.begin(flipAt(0));
    const count = 3 * maxSamples + 1;
    for (let i = 1; i <= count; i++) log.record(flipAt(i, { drawMs: i }));
    const { drawMs, intervalMs } = log.samples();
    assert.deepEqual([drawMs.length, intervalMs.length], [maxSamples, maxSamples]);
    assert.deepEqual([drawMs[0], drawMs.at(-1)], [count - maxSamples + 1, count]);
  });
});
