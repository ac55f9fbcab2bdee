import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DrmDevice } from '../../../src/device/index.js';
import { openHead } from '../../../src/head/index.js';
import { describeRun, judgeRun } from '../../../src/report/index.js';
import { FakeKernel } from '../../../src/testing/index.js';
import { flipAt, statsOf } from '../../support/flips.js';

/** The fake's own two devices stand between others, which nobody may open. */
class CrowdedKernel extends FakeKernel {
  override discover(): DrmDevice[] {
    const [display, render] = super.discover();
    assert.ok(display !== undefined && render !== undefined);
    const idle = { ...display, pci: '0000:00:12.0', primary: '/dev/dri/card8', render: undefined, connected: false };
    const spare = { ...render, pci: '0000:00:13.0', primary: undefined, render: '/dev/dri/renderD199' };
    return [idle, { ...display, connected: true }, render, spare];
  }
}

const reasons = {
  display: 'of 2 displays the only one that has something connected; --display 0000:00:12.0 takes the other',
  render: 'of 2 GPUs the first; --render 0000:00:13.0 takes the other',
};

describe('a head on a machine with several displays and GPUs', () => {
  it('says in its info, in a run’s result and in its text which were taken and why', async () => {
    using kernel = new CrowdedKernel();
    const head = await openHead({ kernel });
    const { info } = head;
    assert.deepEqual([info.display.chosen, info.render.chosen], [reasons.display, reasons.render]);
    const figures = {
      ...statsOf(Array.from({ length: 10 }, (_, i) => flipAt(i))),
      cpuMsPerFlip: 0,
      firstFlip: null,
      firstFlipMs: null,
    };
    const pacing = { kind: 'timer-paced', advice: '' } as const;
    const result = judgeRun(info, figures, { pacing, faults: [], host: null, failures: [] });
    assert.deepEqual([result.display.chosen, result.render.chosen], [reasons.display, reasons.render]);
    const text = describeRun(result);
    for (const reason of Object.values(reasons)) assert.ok(text.includes(reason), text.join('\n'));
    await head.close();
  });

  it('says nothing of it where there was no choice', async () => {
    using kernel = new FakeKernel();
    const head = await openHead({ kernel });
    assert.ok(!('chosen' in head.info.display) && !('chosen' in head.info.render));
    await head.close();
  });
});
