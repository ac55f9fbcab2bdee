/** What a run may do without capabilities, and what it must not do to others that have none. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import { buildOpenWatch } from '../support/fault-tools.js';
import { script, startWatched } from '../support/lab.js';

let lab: Lab;
let openWatch: string;
/** The display's primary node. */
let card: string;

before(async () => {
  openWatch = await buildOpenWatch();
  lab = await Lab.boot({ size: { width: 1280, height: 720 } });
  card = await shell('basename /sys/bus/virtio/drivers/virtio_gpu/virtio*/../drm/card*');
});
after(async () => {
  await lab.close();
});

async function shell(text: string): Promise<string> {
  const { stdout, stderr, status } = await lab.run(['timeout', '60', 'sh', '-c', text]);
  assert.equal(status, 0, `${text}: ${stderr}`);
  return stdout.trim();
}

/** The nodes that are opened, by whomever, while `act` runs; each once. */
async function openedDuring(act: () => Promise<unknown>): Promise<string[]> {
  const { job, lines } = startWatched(lab, [openWatch, '/dev/dri']);
  await lines.until(/watching\n/);
  await act();
  job.input(Buffer.alloc(0));
  const all = await lines.until(/watching\n[^]*done\n/);
  await job.done;
  const nodes = all.split('\n').filter((name) => /^(card|renderD)\d+$/.test(name));
  return [...new Set(nodes)].sort();
}

describe('who opens a primary node that nobody has open is DRM master by that: a compositor may be starting', () => {
  it('listing the devices opens none', async () => {
    const opened = await openedDuring(async () => {
      const { stdout, status } = await lab.run(script('examples/list-devices.ts'));
      assert.equal(status, 0);
      assert.match(stdout, /virtio_gpu at .*\nvgem/);
    });
    assert.deepEqual(opened, []);
  });

  it('the watch does see who opens one', async () => {
    assert.deepEqual(await openedDuring(() => shell(`: < /dev/dri/${card}`)), [card]);
  });

  it('a run whose display does not exist opens none', async () => {
    const opened = await openedDuring(async () => {
      const { stderr } = await lab.run(['node', 'dist/cli/main.js', 'run', '--display', 'i915', '--frames', '1']);
      assert.match(stderr, /ERR_NO_DEVICE/);
    });
    assert.deepEqual(opened, []);
  });
});
