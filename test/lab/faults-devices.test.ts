/** Devices and the right to use them, lost in mid-run and had back. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../../src/lab/index.js';
import { buildMasterThief } from '../support/fault-tools.js';
import { startRun, startWatched, untilFlipping } from '../support/lab.js';
import { embedded } from '../support/report.js';

const size = { width: 1280, height: 720 };

let lab: Lab;
let thief: string;
before(async () => {
  thief = await buildMasterThief();
  lab = await Lab.boot({ size, renderGpu: true });
});
after(async () => {
  await lab.close();
});

async function shell(script: string): Promise<string> {
  const { stdout, stderr, status } = await lab.run(['timeout', '60', 'sh', '-c', script]);
  assert.equal(status, 0, `${script}: ${stderr}`);
  return stdout.trim();
}

/** The PCI addresses of the lab's two virtio-gpus: the display, and the one that stands in for a GPU that can be unbound. */
async function addresses(): Promise<[display: string, render: string]> {
  const found = await shell(
    'for d in /sys/bus/virtio/drivers/virtio_gpu/virtio*; do basename $(dirname $(readlink -f $d)); done | sort',
  );
  const [display, render] = found.split('\n');
  assert.ok(display !== undefined && render !== undefined, found);
  return [display, render];
}

const pidOf = () => shell('pgrep -of "main.cjs run"');

/** Unbinds a virtio-gpu from its driver and, a second later, binds it again. */
async function rebind(pci: string, meanwhile = () => Promise.resolve()): Promise<void> {
  const name = await shell(`ls /sys/bus/pci/devices/${pci} | grep -o "virtio[0-9]*"`);
  await shell(`echo ${name} > /sys/bus/virtio/drivers/virtio_gpu/unbind`);
  await sleep(1000);
  await meanwhile();
  await shell(`echo ${name} > /sys/bus/virtio/drivers/virtio_gpu/bind`);
}

/** It has its buffers on the display again, shown or not. */
async function untilReopened(): Promise<void> {
  await shell('until grep -q "allocated by = node" /sys/kernel/debug/dri/*/framebuffer; do sleep 0.1; done');
}

const codes = (faults: readonly { code: string; count: number }[]) =>
  faults.filter(({ code }) => code !== 'ERR_HOST_PAUSED').map(({ code, count }) => `${code} ×${count}`);

/** Each time from another node. */
const lostTwice = ['ERR_DEVICE_LOST ×1', 'ERR_DEVICE_LOST ×1'];

describe('DRM master', () => {
  it('another process is master at start: ERR_NOT_MASTER names it, --wait waits', async () => {
    const [display] = await addresses();
    const holder = await startRun(lab, ['--display', display]);
    const pid = await pidOf();
    const refused = await lab.run(['node', 'dist/cli/main.cjs', 'run', '--display', display, '--frames', '1']);
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, new RegExp(`ERR_NOT_MASTER: .*node \\(pid ${pid}\\)`));
    const { job, lines } = startWatched(lab, [
      'node',
      'dist/cli/main.cjs',
      ...['run', '--display', display, '--frames', '30', '--wait', '--json'],
    ]);
    await lines.until(new RegExp(`waiting: .*pid ${pid}`));
    holder.job.kill('SIGINT');
    await holder.ended;
    assert.match(await lines.until(/^\{.*\}$/m), /"frames":30/);
    await job.done;
  });

  it('is lost in mid-run and regained: commits pause, then the whole mode and on it goes', async () => {
    const [display] = await addresses();
    const report = '/run/interrupted.html';
    const { job, ended } = await startRun(lab, ['--display', display, '--report', report]);
    const taken = startWatched(lab, [thief, await pidOf(), '2']);
    await taken.lines.until(/gave it back/);
    await taken.job.done;
    await untilFlipping(lab, '1280x720');
    await sleep(500);
    job.kill('SIGINT');
    const { result } = await ended;
    assert.deepEqual(codes(result.faults), ['ERR_NOT_MASTER ×1']);
    assert.doesNotMatch(result.reasons.join(), /ERR_/, 'the loop went on');
    const [head] = embedded((await lab.run(['cat', report])).stdout).heads;
    assert.ok(head!.faults.some(({ code }) => code === 'ERR_NOT_MASTER'));
    assert.ok(head!.frames.frame.length >= result.frames);
  });
});

describe('an unbound device', () => {
  it('virtio-gpu without --reopen: ERR_DEVICE_LOST once, and the process ends', async () => {
    const [display] = await addresses();
    const { ended } = await startRun(lab, ['--display', display, '--path', 'import']);
    await rebind(display);
    const { result, status } = await ended;
    assert.equal(status, 1);
    assert.equal(result.reasons.filter((reason) => reason.includes('ERR_DEVICE_LOST')).length, 1);
  });

  it('virtio-gpu with --reopen: the head comes back by itself, and waits where the host closed it meanwhile', async () => {
    const [display] = await addresses();
    const { job, ended } = await startRun(lab, ['--display', display, '--path', 'import', '--reopen']);
    await rebind(display);
    await untilFlipping(lab, '1280x720');
    await rebind(display, () => lab.unplug(0));
    await untilReopened();
    await lab.resize(0, { width: 800, height: 600 });
    await untilFlipping(lab, '800x600');
    await lab.resize(0, size);
    await untilFlipping(lab, '1280x720');
    await sleep(1000);
    job.kill('SIGINT');
    const { result } = await ended;
    assert.deepEqual(codes(result.faults), [...lostTwice, 'ERR_NO_CONNECTOR ×1']);
    assert.doesNotMatch(result.reasons.join(), /ERR_/);
    assert.equal(result.path, 'import');
  });

  it('virtio-gpu with --reopen on the export path: the same, but --on-resize stop ends there', async () => {
    const [display] = await addresses();
    const words = ['--display', display, '--path', 'export', '--reopen', '--on-resize', 'stop'];
    const { ended } = await startRun(lab, words);
    await rebind(display);
    await untilFlipping(lab, '1280x720');
    await rebind(display, () => lab.unplug(0));
    const { result } = await ended;
    await lab.resize(0, size);
    const lost = result.faults.filter(({ code }) => code === 'ERR_DEVICE_LOST');
    assert.equal(
      lost.reduce((sum, { count }) => sum + count, 0),
      2,
    ); // with nothing parked it may come back under the same node
    assert.ok(result.faults.every(({ code }) => ['ERR_DEVICE_LOST', 'ERR_HOST_PAUSED'].includes(code)));
    assert.doesNotMatch(result.reasons.join(), /ERR_/);
    assert.equal(result.path, 'export');
  });

  it('the render GPU: the same, and the last frame stays on the screen meanwhile', async () => {
    const [display, render] = await addresses();
    const words = ['--display', display, '--render', render];
    const { job, ended } = await startRun(lab, [...words, '--reopen']);
    await rebind(render, () => untilFlipping(lab, '1280x720')); // the last frame is still shown
    await untilFlipping(lab, '1280x720');
    await sleep(1000);
    job.kill('SIGINT');
    const { result } = await ended;
    assert.deepEqual(codes(result.faults), ['ERR_DEVICE_LOST ×1']);
    assert.match(result.faults[0]?.message ?? '', /The render GPU is gone/);
    assert.doesNotMatch(result.reasons.join(), /ERR_/);
  });
});
