/** What a run's result says of the render GPU, and what the verdict makes of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  describeRun,
  GlMeter,
  judgeRun,
  type Circumstances,
  type Figures,
  type GlResult,
} from '../../../src/report/index.js';
import { describeGl } from '../../../src/report/gl-result.js';
import { flipAt, statsOf } from '../../support/flips.js';
import type { HeadInfo } from '../../../src/head/index.js';

const headInfo: HeadInfo = {
  ...{ path: 'import', refused: [], buffers: 4, update: 'flip', presentMode: 'fifo', deadline: false },
  render: { node: '/dev/dri/card1', driver: 'vgem', backend: 'drm', standIn: true },
  display: { node: '/dev/dri/card0', driver: 'virtio_gpu', connector: 'Virtual-1', head: 0, make: null, model: null },
  mode: { width: 1920, height: 1080, refreshHz: 60 },
};

const driver = {
  platform: 'gbm',
  ...{ vendor: 'Mesa', renderer: 'llvmpipe', glVersion: 'OpenGL ES 3.2', eglVersion: '1.5' },
  ...{ maxTextureSize: 8192, nativeFence: false, dmabufImport: true, dmabufModifiers: true, externalTextures: true },
  ...{ robust: false, software: true, ownMemoryOnly: true, formats: [] },
} as const;

const figures: Figures = {
  ...statsOf(Array.from({ length: 601 }, (_, i) => flipAt(i))),
  ...{ cpuMsPerFlip: 0, firstFlipMs: null, firstFlip: null },
};

function judged(gl: GlResult, changes: Partial<Figures> = {}, more: Partial<Circumstances> = {}) {
  const drawn = { draw: 'gl', drawReason: null, gl } as const;
  const circumstances = {
    pacing: { kind: 'timer-paced', advice: '' },
    faults: [],
    host: null,
    failures: [],
    drawn,
  } as const;
  return judgeRun(headInfo, { ...figures, ...changes }, { ...circumstances, ...more });
}

describe('what the render GPU’s meter tells', () => {
  it('is null where nothing was measured, and again after a reset', () => {
    const meter = new GlMeter();
    meter.drawn(1, 2);
    meter.rendered(4, 3);
    meter.held(0.5);
    meter.drawnByCpu();
    const { drawMs, queueMs, renderFenceMs, glStallMs, gpuMs, cpuFrames } = meter.result(driver, 'finish', 20);
    const rounded = [queueMs, drawMs, renderFenceMs, glStallMs].map(
      (values) => Math.round((values?.max ?? 0) * 10) / 10,
    );
    assert.deepEqual(rounded, [1, 2, 4, 0.5]); // the histogram has three figures
    assert.deepEqual([gpuMs, cpuFrames], [3, 1]);
    meter.reset();
    const none = meter.result(driver, 'finish', undefined);
    assert.deepEqual(
      [none.drawMs, none.renderFenceMs, none.gpuMs, none.loadMs, none.cpuFrames],
      [null, null, null, null, 0],
    );
  });

  it('says whether the event loop is a real-time thread, to people where it is', () => {
    for (const realTime of [true, false]) {
      const result = new GlMeter(realTime).result(driver, 'finish', undefined);
      assert.equal(result.realTime, realTime);
      assert.equal(/JavaScript held .*, in real time$/m.test(describeGl(result).join('\n')), realTime);
    }
  });

  it('says of implicit fences only what the load lets it know', () => {
    const after = (arrived: readonly boolean[], loadMs: number | undefined) => {
      const meter = new GlMeter();
      for (const each of arrived) meter.implicit(each);
      return meter.result(driver, 'implicit', loadMs).implicitFence;
    };
    assert.equal(after([false, false], 20), false);
    assert.equal(after([false, false], undefined), null);
    assert.equal(after([false, true], undefined), true);
    assert.equal(after([], 20), null);
  });
});

describe('the verdict on a run by the render GPU', () => {
  it('is by the GPU’s pace where that is slower than the display’s', () => {
    const meter = new GlMeter();
    meter.rendered(21, 20);
    const gl = meter.result(driver, 'finish', 18);
    const slow = judged(gl, { flipsPerSecond: 48, missedFlips: 120 });
    assert.deepEqual([slow.verdict, slow.judged.pace, slow.judged.paceHz], ['pass', 'gpu', 50]);
    assert.match(
      describeRun(slow).join('\n'),
      /judged by the render GPU's, 50\.00 a second: its GPU draws 20\.0 ms a frame/,
    );
    const slower = judged(gl, { flipsPerSecond: 39, missedFlips: 200 });
    assert.match(slower.reasons.join(), /0\.7800 of 50\.00, below 0\.8 and the GPU draws as many/);
  });

  it('is by the mode’s pace where the GPU is quick', () => {
    const meter = new GlMeter();
    meter.rendered(3, 3);
    const late = judged(meter.result(driver, 'finish', undefined), { missedFlips: 120 });
    assert.deepEqual([late.verdict, late.judged.pace], ['fail', 'mode']);
  });

  it('fails where implicit was asked for and the driver has no such fence', () => {
    const meter = new GlMeter();
    meter.implicit(false);
    const result = judged(meter.result(driver, 'implicit', 20));
    assert.equal(result.verdict, 'fail');
    assert.match(result.reasons.join(), /llvmpipe puts no fence on a dma-buf/);
    assert.ok(result.judged.what.includes('fence'));
  });

  it('says that captures were judged by their codes', () => {
    const host = { captures: 2, exact: 2, torn: 0, unreadable: 0, wrong: null };
    const result = judged(new GlMeter().result(driver, 'native', undefined), {}, { host, judgedBy: 'codes' });
    assert.deepEqual(result.judged.what.slice(0, 1), ['codes']);
    assert.match(describeRun(result).join('\n'), /2 of 2 captures exact, 0 torn, by their bar codes/);
  });
});
