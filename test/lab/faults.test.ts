/** Faults while flipping, one boot for all of them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../../src/lab/index.js';
import type { RunResult } from '../../src/report/index.js';
import { guesthead, lastJson, startWatched, untilFlipping } from '../support/lab.js';

let lab: Lab;
before(async () => {
  lab = await Lab.boot();
});
after(async () => {
  await lab.close();
});

const drivers = '/sys/bus/virtio/drivers/virtio_gpu';

describe('a fault in mid-run', () => {
  it('host paused for 5 s: goes on by itself, nothing lost', async () => {
    const run = guesthead(lab, ['run', '--frames', '300', '--json']);
    await untilFlipping(lab);
    await lab.qmp.execute('stop');
    await sleep(5000);
    await lab.qmp.execute('cont');
    const result = lastJson<RunResult>(await run);
    assert.equal(result.frames, 300);
    assert.equal(result.tearRisk, 0);
  });

  it('virtio-gpu unbound: ERR_DEVICE_LOST, once; bound again, the next run passes under its new name', async () => {
    const { job, lines } = startWatched(lab, ['node', 'dist/cli/main.js', 'run', '--json']);
    await untilFlipping(lab);
    const unbind = `cd ${drivers} && for d in virtio*; do echo $d > unbind; echo $d; done`;
    const name = (await lab.run(['sh', '-c', unbind])).stdout.trim();
    assert.match(name, /^virtio\d+$/);
    assert.equal((await job.done).status, 1);
    const result = JSON.parse(await lines.until(/^\{.*\}$/m)) as RunResult;
    assert.equal(result.verdict, 'fail');
    assert.equal(result.reasons.filter((reason) => reason.startsWith('ERR_DEVICE_LOST')).length, 1);
    assert.ok(result.frames > 0);
    await lab.run(['sh', '-c', `echo ${name} > ${drivers}/bind`]);
    const again = lastJson<RunResult>(await guesthead(lab, ['run', '--frames', '60', '--json']));
    assert.equal(again.frames, 60);
    assert.notEqual(again.display.node, result.display.node);
  });
});
