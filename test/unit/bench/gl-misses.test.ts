/** Which of the bench's late flips the drawing accounts for. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { missesIn } from '../../bench/gl-misses.js';

const mode = { name: '100x100', width: 100, height: 100, refreshHz: 100, interlaced: false, preferred: true };
const nothing = { commitMs: [], flipMs: [], latencyMs: [], flushFenceMs: [] };
const missesOf = (...frames: readonly (readonly [intervalMs: number, drawMs: number])[]) =>
  missesIn({
    mode,
    samples: { ...nothing, intervalMs: frames.map(([ms]) => ms), drawMs: frames.map(([, ms]) => ms) },
  });

it('of late flips those are accounted for that came with the refresh after their drawing', () => {
  assert.deepEqual(missesOf([10, 2], [10.4, 0], [9.6, 9.9]), { flips: 3, late: 0, unaccounted: 0 });
  assert.deepEqual(missesOf([20, 15], [30, 25], [30.2, 29.9]), { flips: 3, late: 3, unaccounted: 0 });
  assert.deepEqual(missesOf([20, 9], [40, 25], [10, 2]), { flips: 3, late: 2, unaccounted: 2 });
});
