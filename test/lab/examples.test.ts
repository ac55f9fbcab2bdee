/** The examples that say how a whole client is written, through what happens to one. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import { parsePpm } from '../../src/render/index.js';
import { lastJson, script, startWatched, type Lines } from '../support/lab.js';

interface Summary {
  readonly flips: number;
  readonly missed: number;
  readonly sizes: readonly string[];
  readonly faults: readonly string[];
  readonly path: string;
  readonly mode: { readonly width: number; readonly height: number; readonly refreshHz: number };
}

const size = { width: 1280, height: 720 };
const smaller = { width: 800, height: 600 };
const client = script('examples/multi-gpu-client.ts');

/** Sends SIGINT; the clean end and what the last line of standard output says. */
async function interrupt<T>({ job, lines }: ReturnType<typeof startWatched>, last: RegExp): Promise<T> {
  job.kill('SIGINT');
  const line = await lines.until(last);
  assert.deepEqual(await job.done, { status: 0, signal: null });
  return JSON.parse(line) as T;
}

function summaryOf(watched: ReturnType<typeof startWatched>): Promise<Summary> {
  return interrupt<Summary>(watched, /^\{"flips".*\}$/m);
}

/** The status line that follows `mark` and tells of more flips than it. */
async function untilMoreFlips(lines: Lines, mark: string): Promise<void> {
  const before = await lines.until(new RegExp(`${mark}[^]*?^(\\d+) flips`, 'm'));
  const flips = /(\d+) flips$/.exec(before)?.[1] ?? '';
  await lines.until(new RegExp(`${mark}[^]*?^(?!${flips} )\\d+ flips`, 'm'));
}

/** The CRTCs that show a Node process's picture, as the kernel tells, with its size. */
async function shown(lab: Lab): Promise<string[]> {
  const { stdout } = await lab.run(['sh', '-c', 'cat /sys/kernel/debug/dri/*/state']);
  const planes = stdout.matchAll(/crtc=(\S+)\n\s*fb=\d+\n\s*allocated by = node\n[^]*?size=(\S+)/g);
  return [...new Set([...planes].map(([, crtc, size]) => `${crtc ?? ''} ${size ?? ''}`))];
}

describe('examples/multi-gpu-client.ts', () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.boot({ size });
  });
  after(async () => {
    await lab.close();
  });

  it('flips by the best path, and gives the screen back', async () => {
    const watched = startWatched(lab, client);
    await watched.lines.until(/^both can do, linear: XRGB8888$/m);
    await untilMoreFlips(watched.lines, '^flipping$');
    assert.deepEqual(await shown(lab), ['crtc-0 1280x720']);
    const { flips, path, mode, faults, sizes } = await summaryOf(watched);
    assert.ok(flips > 0);
    assert.deepEqual({ path, faults, sizes }, { path: 'import', faults: [], sizes: ['1280x720'] });
    assert.deepEqual([mode.width, mode.height], [1280, 720]);
    assert.deepEqual(await shown(lab), []);
  });

  it('takes the size that the host gives it in mid-run', async () => {
    const watched = startWatched(lab, client);
    await untilMoreFlips(watched.lines, '^flipping$');
    await lab.resize(0, smaller);
    await untilMoreFlips(watched.lines, '^drawing 800x600$');
    assert.deepEqual(await shown(lab), ['crtc-0 800x600']);
    await lab.resize(0, size);
    await untilMoreFlips(watched.lines, '^drawing 800x600$[^]*^drawing 1280x720$');
    const { mode, faults, sizes } = await summaryOf(watched);
    assert.deepEqual(sizes, ['1280x720', '800x600', '1280x720']);
    assert.deepEqual(faults, []);
    assert.deepEqual([mode.width, mode.height], [1280, 720]);
  });

  it('waits for a head that the host closes and opens again', async () => {
    const watched = startWatched(lab, client);
    await untilMoreFlips(watched.lines, '^flipping$');
    await lab.unplug(0);
    await watched.lines.until(/^ERR_NO_CONNECTOR/m);
    await lab.resize(0, size);
    await untilMoreFlips(watched.lines, '^ERR_NO_CONNECTOR');
    const { faults } = await summaryOf(watched);
    assert.deepEqual(faults, ['ERR_NO_CONNECTOR']);
  });

  it('comes back when virtio-gpu is unbound and bound again in mid-run', async () => {
    const watched = startWatched(lab, client);
    await untilMoreFlips(watched.lines, '^flipping$');
    const device = await lab.run(['sh', '-c', 'basename /sys/bus/virtio/drivers/virtio_gpu/virtio*']);
    await bind(lab, 'unbind', device.stdout.trim());
    await watched.lines.until(/^ERR_DEVICE_LOST/m);
    await bind(lab, 'bind', device.stdout.trim());
    await untilMoreFlips(watched.lines, '^ERR_DEVICE_LOST');
    const { faults, path } = await summaryOf(watched);
    assert.deepEqual({ faults, path }, { faults: ['ERR_DEVICE_LOST'], path: 'import' });
    assert.deepEqual(await shown(lab), []);
  });

  it('is told of by the diagnostics channels, as examples/listen.ts listens to them', async () => {
    const run = await lab.run(script('examples/listen.ts'));
    assert.equal(run.status, 0, run.stderr);
    const { frames, late, latencyMs } = lastJson<{
      frames: number;
      late: Record<string, number>;
      latencyMs: { p50: number };
    }>(run);
    assert.ok(frames >= 140 && latencyMs.p50 > 0, run.stdout);
    assert.match(Object.keys(late).join(), /^Virtual-\d+$/); // its number rises when the device comes back
  });

  it('says what is missing where there are no devices', async () => {
    const run = await lab.run([...client, 'no-such-gpu']);
    assert.equal(run.status, 3);
    assert.match(run.stderr, /^found virtio_gpu[^]*^ERR_NO_DEVICE[^]*→ valid choices:.*vgem/m);
  });
});

/** The kernel may hold the writer up, and no test shall wait for that. */
async function bind(lab: Lab, file: 'bind' | 'unbind', device: string): Promise<void> {
  const { status, stderr } = await lab.run([
    ...['timeout', '20', 'sh', '-c'],
    `echo ${device} > /sys/bus/virtio/drivers/virtio_gpu/${file}`,
  ]);
  assert.equal(status, 0, stderr);
}

describe('examples/two-heads.ts', () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.boot({ heads: 2 });
  });
  after(async () => {
    await lab.close();
  });

  it('flips each head with a picture and at a rate of its own, and gives both back', async () => {
    const { job, lines } = startWatched(lab, script('examples/two-heads.ts'));
    const line = await lines.until(/^\{"Virtual-1":\d+,"Virtual-2":([3-9]|\d\d+)\}$/m);
    const flips = JSON.parse(line) as Record<string, number>;
    assert.ok(flips['Virtual-1']! > 2 * flips['Virtual-2']!, line);
    assert.deepEqual(await shown(lab), ['crtc-0 1280x720', 'crtc-1 1280x720']);
    assert.deepEqual(await coloursOf(lab, 0), ['000000', 'ffffff']);
    const slide = await coloursOf(lab, 1);
    assert.equal(slide.length, 1);
    assert.match(slide[0]!, /^(c03030|30c030|3030c0)$/);
    job.kill('SIGINT');
    assert.deepEqual(await job.done, { status: 0, signal: null });
    assert.deepEqual(await shown(lab), []);
  });
});

/** Of what the host shows, in hexadecimal and in order. */
async function coloursOf(lab: Lab, head: number): Promise<string[]> {
  await lab.qmp.execute('screendump', { filename: lab.files.capture, device: 'gpu0', head });
  const { rgb } = parsePpm(await readFile(lab.files.capture));
  const colours = new Set<string>();
  for (let at = 0; at < rgb.length; at += 3) colours.add(Buffer.from(rgb.subarray(at, at + 3)).toString('hex'));
  return [...colours].sort();
}
