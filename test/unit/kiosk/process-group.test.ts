/** How all processes of a client are ended. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ProcessGroup } from '../../../src/kiosk/process-group.js';
import { HandClock } from '../../support/loop-rig.js';

class Rig {
  readonly clock = new HandClock();
  readonly signals: unknown[] = [];
  isThere = true;
  readonly group = new ProcessGroup(77, this.clock, (pid, signal) => {
    if (!this.isThere) throw Object.assign(new Error('kill ESRCH'), { errno: -3, code: 'ESRCH' });
    if (signal !== 0) this.signals.push([pid, signal]);
  });
  over = false;

  leaderEnds(): void {
    void this.group.gone().then(() => (this.over = true));
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await turn();
  }
}

const [ask, askAll, killAll] = [
  [77, 'SIGTERM'],
  [-77, 'SIGTERM'],
  [-77, 'SIGKILL'],
];

describe('a client’s processes', () => {
  it('are asked to end when the first of them has, and are gone when none is left', async () => {
    const rig = new Rig();
    rig.leaderEnds();
    await rig.pass(100);
    assert.deepEqual([rig.signals, rig.over], [[askAll], false]);
    rig.isThere = false;
    await rig.pass(100);
    assert.equal(rig.over, true);
    await rig.pass(10_000);
    assert.deepEqual(rig.signals, [askAll]);
  });

  it('are killed five seconds after the first of them was asked to end', async () => {
    const rig = new Rig();
    rig.group.end();
    await rig.pass(3000);
    rig.leaderEnds();
    await rig.pass(1999);
    assert.deepEqual(rig.signals, [ask, askAll]);
    await rig.pass(1);
    assert.deepEqual(rig.signals, [ask, askAll, killAll]);
  });

  it('are killed at once where that is asked for again', () => {
    const rig = new Rig();
    rig.group.end();
    rig.group.end();
    assert.deepEqual(rig.signals, [ask, killAll]);
  });

  it('are not waited for where not even that ends them', async () => {
    const rig = new Rig();
    rig.leaderEnds();
    await rig.pass(5000);
    assert.deepEqual([rig.signals, rig.over], [[askAll, killAll], false]);
    await rig.pass(1100);
    assert.equal(rig.over, true);
  });
});
