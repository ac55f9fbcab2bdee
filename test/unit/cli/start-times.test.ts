import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StartTimes } from '../../../src/cli/start-times.js';
import { FakeKernel } from '../../../src/testing/index.js';
import { HandClock } from '../../support/loop-rig.js';

describe('the times until the first flip', () => {
  it('are told apart: loading, Mesa, devices, the first draw and its flip', async () => {
    const clock = new HandClock();
    clock.time = 1400;
    const times = new StartTimes(clock, 1000);
    const kernel = new FakeKernel();
    kernel.load = () => void (clock.time += 50);
    const create = kernel.createGbm.bind(kernel);
    kernel.createGbm = (node) => {
      clock.time += 300;
      return create(node);
    };
    const timed = times.timed(kernel);
    timed.load();
    const node = timed.openNode(timed.discover()[1]?.primary ?? '');
    const gbm = await timed.createGbm(node);
    gbm.close();
    node.close();
    kernel.close();
    // 250 ms for everything else, 70 of drawing and 30 from the commit on
    const flip = { timestampNs: 2100e6, latencyMs: 100, flipMs: 30 };
    assert.deepEqual(times.firstFlip(flip), { loadingMs: 450, mesaMs: 300, devicesMs: 250, drawMs: 70, flipMs: 30 });
  });

  it('have GL’s own, in steps, where the render GPU draws', async () => {
    const clock = new HandClock();
    clock.time = 1400;
    const times = new StartTimes(clock, 1000);
    for (const ms of [200, 100]) await times.gl(() => Promise.resolve((clock.time += ms)));
    const flip = { timestampNs: 2100e6, latencyMs: 100, flipMs: 30 };
    const expected = { loadingMs: 400, mesaMs: 0, devicesMs: 300, glMs: 300, drawMs: 70, flipMs: 30 };
    assert.deepEqual(times.firstFlip(flip), expected);
  });
});
