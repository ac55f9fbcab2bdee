/** What `share` counts as late: what the transfer had for longer than a period, of what was drawn in time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ShareTally } from '../../../src/cli/share-tally.js';

const released = { type: 'released' } as const;

function lateOf(periodMs: number | undefined, ...exports: { at: number; nextDueAt?: number; releasedAt: number }[]) {
  const tally = new ShareTally(periodMs);
  for (const { at, nextDueAt, releasedAt } of exports) {
    tally.exported();
    tally.ended(released, { at, nextDueAt }, releasedAt);
  }
  return tally.figures().late;
}

describe('a picture of `share`', () => {
  it('is late where it was drawn in time, and the transfer had it for longer than a period', () => {
    assert.equal(lateOf(10, { at: 3, nextDueAt: 10, releasedAt: 13 }), 0);
    assert.equal(lateOf(10, { at: 3, nextDueAt: 10, releasedAt: 13.1 }), 1);
  });

  it('is not late for want of the transfer where it was drawn too late, or where none is ever due', () => {
    assert.equal(lateOf(10, { at: 11, nextDueAt: 10, releasedAt: 40 }), 0);
    assert.equal(lateOf(undefined, { at: 1, releasedAt: 400 }), null);
    assert.equal(lateOf(10, { at: 1, releasedAt: 400 }), 0, 'in a warm-up');
  });

  it('ends as released or revoked, and is under way until then', () => {
    const tally = new ShareTally(10);
    for (let count = 0; count < 3; count++) tally.exported();
    tally.ended(released, { at: 0, nextDueAt: 10 }, 2);
    tally.ended({ type: 'revoked', reason: 'a test' }, { at: 0, nextDueAt: 10 }, 2);
    const { exports, releases, revoked, revokedBecause, roundTripMs } = tally.figures();
    assert.deepEqual([exports, releases, revoked, revokedBecause, tally.underWay], [3, 1, 1, 'a test', 1]);
    assert.equal(roundTripMs?.max, 2);
  });
});
