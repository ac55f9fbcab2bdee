import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clockOrigin } from '../../../src/loop/clock.js';

/** Two clocks 5000 ms apart; each reading of the first may be late by what the list says. */
function twoClocks(latenessMs: readonly number[]): [fine: () => number, monotonic: () => number] {
  let [now, reading] = [100, 0];
  const fine = () => (now += 0.001 + (latenessMs[reading++] ?? 0));
  return [fine, () => 5000 + (now += 0.001)];
}

describe('where the fine clock lies on the monotonic one', () => {
  it('is not taken from a reading that something came in between of', () => {
    for (const latenessMs of [[], [30], [0, 34], [0, 34, 0, 20, 5, 5]])
      assert.ok(Math.abs(clockOrigin(...twoClocks(latenessMs)) - 5000) < 0.01, latenessMs.join());
  });

  it('is on this machine that of CLOCK_MONOTONIC', () => {
    const before = Number(process.hrtime.bigint()) / 1e6;
    const ours = clockOrigin() + performance.now();
    assert.ok(ours >= before - 1);
  });
});
