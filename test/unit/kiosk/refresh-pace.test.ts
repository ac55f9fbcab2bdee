/** How often a client is told of the pointer. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { RefreshPace } from '../../../src/kiosk/seat/pace.js';
import { HandClock } from '../../support/loop-rig.js';

const periodMs = 10;

describe('the pace of a refresh', () => {
  let clock: HandClock;
  let pace: RefreshPace;
  let told: number[];
  beforeEach(() => {
    clock = new HandClock();
    told = [];
    pace = new RefreshPace(
      clock,
      () => periodMs,
      () => told.push(clock.now()) > 0,
    );
  });
  const after = (ms: number) => {
    clock.advance(ms);
    return clock.now();
  };

  it('is at once where nothing was told for a refresh, and then by the flips', () => {
    const start = clock.now();
    pace.want();
    pace.want();
    assert.deepEqual(told, [start]);
    const flip = after(periodMs);
    pace.refresh();
    assert.deepEqual(told, [start, flip]);
  });

  it('is by a timer where nothing flips', () => {
    const start = clock.now();
    pace.want();
    pace.want();
    after(2 * periodMs);
    assert.equal(told.length, 2);
    assert.ok(told[1]! - start > periodMs);
  });
});
