/** A host that refuses buffers, as the guest's kernel tells of it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { HostRefusal } from '../../src/device/index.js';
import { Lab } from '../../src/lab/index.js';
import { guesthead, script, startWatched } from '../support/lab.js';

let lab: Lab;
before(async () => {
  lab = await Lab.boot({ size: { width: 1280, height: 720 }, udmabufStandIn: true });
});
after(async () => {
  await lab.close();
});

/** What the guest sees refused while `work` goes on. */
async function watched(work: (watch: ReturnType<typeof startWatched>) => Promise<unknown>): Promise<HostRefusal[]> {
  const watch = startWatched(lab, script('test/lab/guest/refusals.ts'));
  await watch.lines.until(/^watching$/m);
  await work(watch);
  watch.job.kill('SIGTERM');
  assert.deepEqual(await watch.job.done, { status: 0, signal: null }, 'once closed, a watch keeps no process alive');
  const text = await watch.lines.until(/^watching\n[^]*/);
  const refusals = text.split('\n').filter((line) => line.startsWith('{'));
  return refusals.map((line) => JSON.parse(line) as HostRefusal);
}

/** Longer than the five seconds in which the driver logs ten errors at the most. */
const flip = ['run', '--path', 'import', '--seconds', '6'];
const refused = /"commandName":"SET_SCANOUT_BLOB"/;

describe('buffers that the host refuses', () => {
  it('are seen in the kernel log, also after it overflowed', async () => {
    await lab.refuseBuffers(true);
    const refusals = await watched(async ({ job, lines }) => {
      await Promise.all([guesthead(lab, flip), lines.until(refused)]);
      job.kill('SIGUSR2');
      await lines.until(/^overrun$/m);
      await Promise.all([guesthead(lab, flip), lines.until(new RegExp(`overrun[^]*${refused.source}`))]);
    });
    assert.deepEqual(refusals.slice(0, 2), [
      { command: 0x10d, commandName: 'SET_SCANOUT_BLOB', response: 0x1200, responseName: 'ERR_UNSPEC' },
      { command: 0x104, commandName: 'RESOURCE_FLUSH', response: 0x1205, responseName: 'ERR_INVALID_PARAMETER' },
    ]);
  });

  it('are none once it takes them again, and those of before are not told again', async () => {
    await lab.refuseBuffers(false);
    assert.deepEqual(await watched(() => guesthead(lab, ['run', '--path', 'import', '--frames', '30'])), []);
  });
});
