import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import { headChannels } from '../../../src/head/index.js';
import { monotonicClock } from '../../../src/loop/index.js';
import { HeadTelemetry } from '../../../src/head/telemetry.js';
import { flipAt } from '../../support/flips.js';

const name = { node: '/dev/dri/card0', connector: 'Virtual-1' };

function monitored(): { monitor: HeadTelemetry; named: () => number } {
  let count = 0;
  const naming = () => {
    count++;
    return name;
  };
  return { monitor: new HeadTelemetry(monotonicClock, naming, () => 0), named: () => count };
}

function tellAll(monitor: HeadTelemetry): void {
  monitor.flipped(flipAt(1));
  monitor.released(3);
  monitor.next(4.5);
  monitor.fault(new GuestheadError('ERR_FLIP_TIMEOUT', 'late'));
}

describe('what is told of a head', () => {
  it('is no message where nobody listens', () => {
    const { monitor, named } = monitored();
    tellAll(monitor);
    assert.equal(named(), 0);
    assert.equal(monitor.observed, false);
    assert.ok((monitor.statistics.stats().flushFenceMs?.max ?? 0) > 4);
  });

  it('goes out on the diagnostics channels, with the head’s name', () => {
    const { monitor } = monitored();
    const heard: [string, unknown][] = [];
    const listen = (message: unknown, channel: string | symbol) => heard.push([String(channel), message]);
    for (const channel of Object.values(headChannels)) subscribe(channel, listen);
    try {
      assert.equal(monitor.observed, true);
      const before = monotonicClock.now();
      tellAll(monitor);
      const messages = Object.fromEntries(heard) as Record<string, Record<string, unknown>>;
      assert.deepEqual(messages[headChannels.flip], { id: monitor.id, ...name, flip: flipAt(1) });
      for (const channel of ['release', 'flushFence', 'fault'] as const) {
        const { atMs, ...rest } = messages[headChannels[channel]] ?? {};
        assert.ok(Number(atMs) >= before && Number(atMs) <= monotonicClock.now());
        assert.equal(rest['connector'], 'Virtual-1');
      }
      assert.equal(messages[headChannels.release]?.['slot'], 3);
      assert.equal(messages[headChannels.flushFence]?.['ms'], 4.5);
    } finally {
      for (const channel of Object.values(headChannels)) unsubscribe(channel, listen);
    }
  });

  it('is still told by the streams', () => {
    const { monitor } = monitored();
    const told: unknown[] = [];
    monitor.flushFence$.subscribe((ms) => told.push(ms));
    monitor.faults$.subscribe(({ code }) => told.push(code));
    tellAll(monitor);
    assert.deepEqual(told, [4.5, 'ERR_FLIP_TIMEOUT']);
  });
});
