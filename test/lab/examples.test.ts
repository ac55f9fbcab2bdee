/** The examples that say how a whole client is written, through what happens to one. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import type { KioskResult } from '../../src/cli/run-kiosk.js';
import { HostPicture, interrupt, shown, untilMoreFlips, untilShown } from '../support/examples.js';
import { lastJson, screenOf, script, startWatched } from '../support/lab.js';

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

function summaryOf(watched: ReturnType<typeof startWatched>): Promise<Summary> {
  return interrupt<Summary>(watched, /^\{"flips".*\}$/m);
}

/** What its shader draws, on a blue ground: grey columns, each of one brightness from top to bottom. */
function assertBar(picture: HostPicture): void {
  const [top = [], bottom] = [0, size.height - 1].map((y) =>
    Array.from({ length: size.width }, (_, x) => picture.at(x, y)),
  );
  assert.deepEqual(bottom, top, 'torn');
  const left = top.findIndex((colour) => colour !== '203060');
  const isGround = top.map((colour) => colour === '203060');
  assert.deepEqual(
    isGround,
    isGround.map((_, x) => x < left || x >= left + 64),
  );
  for (let column = 0; column < 64; column++) {
    const [red, green, blue] = Buffer.from(top[left + column]!, 'hex');
    assert.deepEqual([green, blue], [red, red]);
    const brightness = 255 * Math.sin((Math.PI * (column + 0.5)) / 64);
    assert.ok(Math.abs(red! - brightness) <= 1, `column ${column}: ${red}, not ${brightness}`);
  }
}

/** Where the kernel has the upper left corner of the cursor's picture; empty where it shows none. */
async function cursorPlace(lab: Lab): Promise<string> {
  return /crtc-pos=64x64(\S+)/.exec(await screenOf(lab))?.[1] ?? '';
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
    await watched.lines.until(/^both can do: XRGB8888 linear$/m);
    await untilMoreFlips(watched.lines, '^flipping$');
    assert.deepEqual(await shown(lab), ['crtc-0 1280x720']);
    assertBar(await HostPicture.take(lab));
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

  it('has a cursor that moves without a flip, as examples/cursor.ts moves it', async () => {
    const { job, lines } = startWatched(lab, script('examples/cursor.ts'));
    await lines.until(/^1 flips, the cursor is at \d+,\d+ on Virtual-\d+$/m);
    const places = new Set<string>();
    for (let look = 0; look < 50 && places.size < 2; look++) places.add(await cursorPlace(lab));
    assert.ok(places.size > 1 && !places.has(''), [...places].join());
    assert.deepEqual((await HostPicture.take(lab)).colours, ['203060']);
    await lines.until(/(^1 flips.*$\s*){2}/m);
    job.kill('SIGTERM');
    assert.equal((await job.done).signal, 'SIGTERM');
    assert.deepEqual([await cursorPlace(lab), await shown(lab)], ['', []]);
  });

  it('shows memory of the program’s own, as examples/import-dmabuf.ts imports it', async () => {
    const { job, lines } = startWatched(lab, script('examples/import-dmabuf.ts'));
    const line = await lines.until(/^(?!0 )(\d+) frames, \1 without a copy, on Virtual-\d+$/m);
    assert.match(line, /^\d/);
    assert.deepEqual(await shown(lab), ['crtc-0 1280x720']);
    assert.deepEqual((await HostPicture.take(lab)).colours, ['203060', 'ffffff']);
    job.kill('SIGTERM');
    assert.equal((await job.done).signal, 'SIGTERM');
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

describe('a machine with two heads', () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.boot({ heads: 2 });
  });
  after(async () => {
    await lab.close();
  });

  it('flips each with examples/two-heads.ts, with a picture and at a rate of its own, and gives both back', async () => {
    const { job, lines } = startWatched(lab, script('examples/two-heads.ts'));
    const line = await lines.until(/^\{"Virtual-1":\d+,"Virtual-2":([3-9]|\d\d+)\}$/m);
    const flips = JSON.parse(line) as Record<string, number>;
    assert.ok(flips['Virtual-1']! > 2 * flips['Virtual-2']!, line);
    assert.deepEqual(await shown(lab), ['crtc-0 1280x720', 'crtc-1 1280x720']);
    assert.deepEqual((await HostPicture.take(lab, 0)).colours, ['000000', 'ffffff']);
    const slide = (await HostPicture.take(lab, 1)).colours;
    assert.equal(slide.length, 1);
    assert.match(slide[0]!, /^(c03030|30c030|3030c0)$/);
    job.kill('SIGINT');
    assert.deepEqual(await job.done, { status: 0, signal: null });
    assert.deepEqual(await shown(lab), []);
  });

  it('shows two clients on one of them, side by side, with examples/two-clients.ts', async () => {
    const client = 'weston-simple-shm';
    const { job, lines } = startWatched(lab, script('examples/two-clients.ts', client, '---', client));
    await lines.until(/(^\{"kind":"shown".*$[^]*){2}/m);
    await untilShown(lab, (picture) => halvesOf(picture), [true, false, true]);
    job.kill('SIGINT');
    assert.deepEqual(await job.done, { status: 0, signal: null });
    assert.deepEqual(await shown(lab), []);
  });

  it('shows a client on each with guesthead kiosk --on', async () => {
    const client = 'weston-simple-shm';
    const words = ['--on', 'Virtual-1', '--', client, '---', '--on', 'Virtual-2', '--', client];
    const kiosk = ['node', 'dist/cli/main.cjs', 'kiosk', '--json', '--background', '202020'];
    const { job, lines } = startWatched(lab, [...kiosk, ...words]);
    const isClient = (picture: HostPicture) => picture.at(620, 300) !== '202020' && picture.at(100, 100) === '202020';
    for (const head of [0, 1]) await untilShown(lab, isClient, true, head);
    job.kill('SIGINT');
    const json = await lines.until(/^{"status".*}$/m);
    const { status, clients, heads } = JSON.parse(json) as KioskResult;
    assert.deepEqual(
      heads.map(({ head, frames }) => [head.connector, frames.shown > 1]),
      [
        ['Virtual-1', true],
        ['Virtual-2', true],
      ],
      json,
    );
    // By SIGTERM, which these clients do not handle.
    assert.deepEqual([status, clients.length], [143, 2], json);
    assert.deepEqual([(await job.done).status, await shown(lab)], [143, []]);
  });
});

/** Whether a client's picture is in the middle of the left half, between the halves, and in the middle of the right one. */
function halvesOf(picture: HostPicture): boolean[] {
  const column = (x: number) => Array.from({ length: 200 }, (_, row) => picture.at(x, 260 + row));
  return [320, 640, 960].map((x) => column(x).some((colour) => colour !== '202020'));
}
