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

  it('takes a flip that is heard of late for the refresh that it began, of which the timer has told', () => {
    const flips = [clock.now(), clock.now() + periodMs];
    pace.want();
    pace.want();
    after(periodMs + 2);
    assert.equal(told.length, 2, 'the flip is overdue');
    pace.want();
    pace.refresh(flips[1]);
    assert.equal(told.length, 2, 'two in one refresh');
    after(periodMs - 2);
    pace.refresh(clock.now());
    assert.equal(told.length, 3, 'nothing is lost');
  });

  it('is not told again by the same flip', () => {
    const flip = after(periodMs);
    after(1);
    pace.want();
    after(1);
    pace.want();
    pace.refresh(flip);
    assert.equal(told.length, 1);
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
