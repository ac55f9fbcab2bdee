import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import { FalseAlarms } from '../../../src/head/false-alarms.js';
import { HandClock } from '../../support/loop-rig.js';

const error = new GuestheadError('ERR_DEVICE_LOST', 'gone', { errno: constants.errno.ENODEV });

class Rig {
  readonly clock = new HandClock();
  readonly reported: string[] = [];
  again = 0;
  readonly alarms = new FalseAlarms(
    this.clock,
    ({ code, errno }) => this.reported.push(`${code} ${errno ?? ''}`),
    () => this.again++,
  );
}

describe('a commit that fails as if the display were gone', () => {
  it('is tried again in a moment, and reported once while that goes on', () => {
    const { alarms, clock, reported, ...rig } = new Rig();
    assert.ok(alarms.tryAgain(error));
    assert.equal(rig.again, 0, 'not at once: that would be a busy loop');
    clock.advance(200);
    assert.ok(alarms.tryAgain(error));
    assert.deepEqual(reported, [`ERR_COMMIT ${constants.errno.ENODEV}`]);
  });

  it('ends it where it persists, and is forgotten where it does not', () => {
    const rig = new Rig();
    const tries = () => {
      for (let count = 0; ; count++) {
        if (!rig.alarms.tryAgain(error)) return count;
        rig.clock.advance(200);
      }
    };
    assert.equal(tries(), 10);
    assert.equal(rig.again, 10);
    rig.clock.advance(10_000);
    assert.equal(tries(), 10);
  });

  it('is not tried again once the head is closed', () => {
    const rig = new Rig();
    rig.alarms.tryAgain(error);
    rig.alarms.cancel();
    rig.clock.advance(1000);
    assert.equal(rig.again, 0);
  });
});
