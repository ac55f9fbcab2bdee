import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DrmDevice } from '../../../src/device/index.js';
import { openHead } from '../../../src/head/index.js';
import { describeRun, judgeRun } from '../../../src/report/index.js';
import { FakeKernel } from '../../../src/testing/index.js';
import { flipAt, statsOf } from '../../support/flips.js';

const idleNode = '/dev/dri/card8';
const spareNode = '/dev/dri/renderD199';

/** The fake's own two devices stand between others; what is opened is written down. */
class CrowdedKernel extends FakeKernel {
  readonly opened: string[] = [];

  override discover(): DrmDevice[] {
    const own = super.discover();
    const idle: DrmDevice = {
      ...{ driver: 'virtio_gpu', pci: '0000:00:12.0', primary: idleNode, render: undefined },
      connected: false,
    };
    const spare: DrmDevice = { driver: 'xe', pci: '0000:00:13.0', primary: undefined, render: spareNode };
    return [idle, ...own.map((one) => (one.driver === 'virtio_gpu' ? { ...one, connected: true } : one)), spare];
  }

  override openNode(path: string) {
    this.opened.push(path);
    return super.openNode(path);
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

  for (const [role, other] of [
    ['display', idleNode],
    ['render', spareNode],
  ] as const)
    it(`waits for its own ${role} when that is lost, twice, and takes no other in its place`, async () => {
      using kernel = new CrowdedKernel();
      const head = await openHead({ kernel, reopen: true });
      let flips = 0;
      head.flips(() => undefined).subscribe(() => flips++);
      const flipOn = async () => {
        const before = flips;
        for (let turn = 0; turn < 500 && flips < before + 2; turn++) await kernel.flip();
        assert.ok(flips >= before + 2, 'it flips on');
      };
      await flipOn();
      for (const round of [1, 2]) {
        await kernel.unplug(role);
        for (let turn = 0; turn < 20; turn++) await kernel.flip();
        await kernel.plug(role);
        await flipOn();
        assert.ok(!kernel.opened.includes(other), `round ${round}: ${kernel.opened.join(', ')}`);
      }
      assert.deepEqual(head.info[role].chosen, reasons[role]);
      await head.close();
    });
});
