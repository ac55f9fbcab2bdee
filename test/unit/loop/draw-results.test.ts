import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GuestheadError } from '../../../src/errors.js';
import { Rig, start, subscribe } from '../../support/loop-rig.js';

describe('what a draw returns', () => {
  it('is told the same way, and its damage comes with its frame', () => {
    const rig = new Rig();
    const log: string[] = [];
    const { subscription, faults } = start(rig, ({ number }) => ({
      damage: [{ x: number, y: 0, width: 1, height: 1 }],
      onOutcome: (outcome) => log.push(`${number} ${outcome.frame} ${outcome.kind}`),
      onReleased: () => log.push(`${number} released`),
    }));
    rig.flip();
    assert.deepEqual(log, ['0 0 shown', '1 1 shown', '0 released']);
    subscription.unsubscribe();
    rig.jobs.run();
    assert.deepEqual(log.slice(3), ['3 3 discarded', '3 released'], 'it waited for its commit');
    rig.ahead.end('closed');
    rig.chain.tellAll();
    rig.jobs.run();
    assert.deepEqual(log.slice(5).sort(), ['1 released', '2 2 discarded', '2 released']);
    assert.deepEqual(
      rig.native.commits.map(({ damage }) => damage?.[0]),
      [0, 1, 2],
    );
    assert.deepEqual(faults, []);
  });

  it('is not presented where its damage is none: its fence is closed, the frame is given up', () => {
    const rig = new Rig();
    const wrong = { damage: [{ x: -1, y: 0, width: 1, height: 1 }] };
    const { seen } = subscribe(rig, () => ({ ...wrong, fence: rig.fences.make(40) }));
    assert.equal((seen.error as GuestheadError).code, 'ERR_DRAW');
    assert.deepEqual([rig.closedFences, rig.chain.counts().free, rig.native.commits], [[40], 4, []]);
  });
});
