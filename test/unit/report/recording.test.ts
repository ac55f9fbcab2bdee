import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import { monotonicClock } from '../../../src/loop/index.js';
import { HeadTelemetry } from '../../../src/head/telemetry.js';
import { Recording } from '../../../src/report/index.js';
import { flipAt } from '../../support/flips.js';

const name = { node: '/dev/dri/card0', connector: 'Virtual-1' };

function monitorOf(connector: string): HeadTelemetry {
  return new HeadTelemetry(
    monotonicClock,
    () => ({ ...name, connector }),
    () => 0,
  );
}

describe('a recording', () => {
  it('has the way of each frame of its head, and of no other', () => {
    const [ours, other] = [monitorOf('Virtual-1'), monitorOf('Virtual-2')];
    const recording = new Recording(ours);
    ours.flipped(flipAt(60, { latencyMs: 20, drawMs: 3, flipMs: 15 }));
    other.flipped(flipAt(61));
    ours.flipped(flipAt(61));
    ours.released(0);
    ours.next(4.5);
    ours.fault(new GuestheadError('ERR_FLIP_TIMEOUT', 'late'));
    recording.stop();
    recording.stop();
    ours.flipped(flipAt(62));
    assert.deepEqual(
      recording.frames.map(({ flip }) => flip.frame),
      [60, 61],
    );
    const [{ drawStartMs, drawEndMs, committedMs, flippedMs, replacedMs, releasedMs }, last] = recording.frames as [
      (typeof recording.frames)[0],
      (typeof recording.frames)[0],
    ];
    assert.deepEqual([flippedMs, drawStartMs, drawEndMs, committedMs], [1000, 980, 983, 985]);
    assert.equal(replacedMs, last.flippedMs);
    assert.ok(releasedMs > 0);
    assert.ok(Number.isNaN(last.replacedMs) && Number.isNaN(last.releasedMs));
    assert.deepEqual([recording.flushFences[0]?.ms, recording.faults[0]?.fault.code], [4.5, 'ERR_FLIP_TIMEOUT']);
  });

  it('keeps as many faults and flush fences, the newest', () => {
    const ours = monitorOf('Virtual-1');
    const recording = new Recording(ours);
    const count = 140_000;
    for (let i = 0; i < count; i++) {
      ours.next(i);
      ours.fault(new GuestheadError('ERR_FLIP_TIMEOUT', String(i)));
    }
    recording.stop();
    for (const list of [recording.faults, recording.flushFences])
      assert.ok(list.length >= 65_536 && list.length <= 131_072, String(list.length));
    assert.equal(recording.faults.at(-1)?.fault.message, String(count - 1));
    assert.equal(recording.flushFences.at(-1)?.ms, count - 1);
  });

  it('forgets the oldest frames, not the newest', () => {
    const ours = monitorOf('Virtual-1');
    const recording = new Recording(ours);
    const count = 140_000;
    for (let i = 0; i < count; i++) ours.flipped(flipAt(i));
    recording.stop();
    assert.equal(recording.frames.length + recording.forgotten, count);
    assert.ok(recording.frames.length >= 65_536 && recording.frames.length <= 131_072);
    assert.equal(recording.frames.at(-1)?.flip.frame, count - 1);
  });
});
