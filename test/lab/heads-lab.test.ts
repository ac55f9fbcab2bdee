/** What the lab's host does with heads, as the guest's kernel sees it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab, type Job } from '../../src/lab/index.js';
import { script, startWatched, type Lines } from '../support/lab.js';

let lab: Lab;
before(async () => {
  lab = await Lab.boot({ heads: 4 });
});
after(async () => {
  await lab.close();
});

describe('heads as the host has them', () => {
  let job: Job;
  let lines: Lines;
  before(() => {
    ({ job, lines } = startWatched(lab, script('test/lab/guest/heads.ts')));
  });

  after(async () => {
    job.kill('SIGTERM');
    await job.done;
  });

  async function untilSeen(...heads: readonly string[]): Promise<void> {
    const state = heads.map((head, index) => `Virtual-${String(index + 1)} ${head}`).join(', ');
    await lines.until(new RegExp(`^${state}$`, 'm'));
  }

  it('come up connected, all of them, at 1280x720', async () => {
    await untilSeen('1280x720', '1280x720', '1280x720', '1280x720');
  });

  it('prefer the size that the host gives them, and tell by a uevent', async () => {
    await lab.resize(2, { width: 800, height: 480 });
    await untilSeen('1280x720', '1280x720', '800x480', '1280x720');
  });

  it('go and come back at another size', async () => {
    await lab.unplug(2);
    await untilSeen('1280x720', '1280x720', 'disconnected', '1280x720');
    await lab.resize(2, { width: 640, height: 480 });
    await untilSeen('1280x720', '1280x720', '640x480', '1280x720');
  });

  it('go and come back, the first one too', async () => {
    await lab.unplug(0);
    await untilSeen('disconnected', '1280x720', '640x480', '1280x720');
    await lab.resize(0, { width: 1024, height: 600 });
    await untilSeen('1024x600', '1280x720', '640x480', '1280x720');
  });

  it('are four, and no size is below or above what the driver takes', async () => {
    const usage = { code: 'ERR_USAGE' };
    for (const head of [-1, 4, 0.5]) await assert.rejects(lab.unplug(head), usage);
    for (const width of [0, 31, 8193, 99.5]) await assert.rejects(lab.resize(1, { width, height: 480 }), usage);
  });
});
