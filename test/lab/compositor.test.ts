/** examples/compositor.ts and its client, two processes: what the client is told of its frames, whatever happens to the head. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { bundle } from '../../scripts/setup/bundle.mjs';
import type { Request, Told } from '../../examples/compositor-client.js';
import { Lab, type Job } from '../../src/lab/index.js';
import { parsePpm } from '../../src/render/index.js';
import { startWatched, type Lines } from '../support/lab.js';

const size = { width: 1280, height: 720 };
const smaller = { width: 800, height: 600 };
/** What the client's picture consists of. */
const bar = ['404040', 'ffffff'];
const backbuffers = 4;

/** One line of either process. */
interface Line {
  /** By the client; `heard` by it. */
  readonly sent?: Request;
  readonly heard?: Told;
  /** By the compositor, in the order in which its head said so. */
  readonly told?: Told;
  readonly state?: { readonly kind: string };
  readonly own?: { readonly kind: string };
  readonly fault?: string;
  readonly signalled?: number;
  readonly atNs?: number;
}

let lab: Lab;
before(async () => {
  lab = await Lab.boot({ size });
});
after(async () => {
  await lab.close();
});

async function shell(text: string): Promise<string> {
  const { stdout, stderr, status } = await lab.run(['timeout', '30', 'sh', '-c', text]);
  assert.equal(status, 0, `${text}: ${stderr}`);
  return stdout.trim();
}

/** The example with this client. */
function start(client: string): {
  readonly lines: Lines;
  readonly interrupt: () => Promise<void>;
  readonly ended: Promise<Line[]>;
} {
  const folder = '.lab/scripts/compositor';
  bundle({ compositor: 'examples/compositor.ts', client }, folder);
  const { job, lines } = startWatched(lab, ['node', `${folder}/compositor.js`, `${folder}/client.js`]);
  const ended = job.done.then(async (end) => {
    const text = await lines.until(/^[^]*$/);
    assert.deepEqual(end, { status: 0, signal: null }, text);
    return text
      .trimEnd()
      .split('\n')
      .filter((line) => line.startsWith('{')) // Mesa warns between them
      .map((line) => JSON.parse(line) as Line);
  });
  ended.catch(() => undefined); // it is awaited later
  return { lines, interrupt: () => interrupt(job, lines), ended };
}

/** Ends the compositor while its client sleeps: of a frame that is sent to one that is ending already, nothing is heard. */
async function interrupt(job: Job, lines: Lines): Promise<void> {
  const pid = await shell("pgrep -nf 'compositor/[c]lient.js'");
  await shell(`kill -STOP ${pid}`);
  job.kill('SIGINT');
  await lines.until(/"closing"\}\}/);
  await shell('while grep -q @guesthead-compositor /proc/net/unix; do sleep 0.1; done'); // its end of the connection
  await shell(`kill -CONT ${pid}`);
}

/** Ten more frames are shown behind the first line that `mark` matches. */
async function untilShown(lines: Lines, mark: string): Promise<void> {
  await lines.until(new RegExp(`${mark}(?:[^]*?"told":\\{"kind":"shown"){10}`));
}

/** Of what the host shows, in hexadecimal and in order. */
async function colours(): Promise<string[]> {
  await lab.qmp.execute('screendump', { filename: lab.files.capture, device: 'gpu0', head: 0 });
  const { rgb } = parsePpm(await readFile(lab.files.capture));
  const found = new Set<string>();
  for (let at = 0; at < rgb.length; at += 3) found.add(Buffer.from(rgb.subarray(at, at + 3)).toString('hex'));
  return [...found].sort();
}

/** What the kernel has of buffers, whoever's. */
async function held(): Promise<{ dmabufs: number; framebuffers: number }> {
  const dmabufs = await shell('grep -o "Total [0-9]* objects" /sys/kernel/debug/dma_buf/bufinfo');
  const framebuffers = await shell('cat /sys/kernel/debug/dri/*/framebuffer | grep -c "allocated by = node" || true');
  return { dmabufs: Number(dmabufs.split(' ')[1]), framebuffers: Number(framebuffers) };
}

/**
 * The compositor's open files that are buffers, fences or devices, each kind with its number; without its client's buffers, of which
 * that makes as many as it needs. Looks again where the client has sent or forgotten one meanwhile.
 */
async function filesOf(lines: Lines): Promise<Record<string, number>> {
  const list = `readlink /proc/$(pgrep -of '[c]ompositor.js')/fd/* | grep -oE "dmabuf|sync_file|/dev/dri/[a-z]*" || true`;
  const before = await buffersOf(lines);
  const counts: Record<string, number> = {};
  for (const name of (await shell(list)).split('\n')) counts[name] = (counts[name] ?? 0) + 1;
  delete counts['sync_file']; // a frame's, for its time
  if ((await buffersOf(lines)) !== before) return filesOf(lines);
  counts['dmabuf'] = (counts['dmabuf'] ?? 0) - before;
  return counts;
}

/** The client's, by what it has said so far. */
async function buffersOf(lines: Lines): Promise<number> {
  const said = await lines.until(/^[^]*$/);
  const sent = (kind: Request['kind']) => said.split(`{"sent":{"kind":"${kind}"`).length - 1;
  return sent('buffer') - sent('forget');
}

const heardOf = (lines: readonly Line[]) => lines.flatMap(({ heard }) => heard ?? []);

/** Each frame that was sent has exactly one outcome and one release, which comes after the outcome. */
function assertSettledOnce(lines: readonly Line[]): void {
  const sent = lines.flatMap(({ sent }) => (sent?.kind === 'frame' ? [sent.frame] : []));
  const heard = heardOf(lines).filter((one) => one.kind !== 'size');
  assert.ok(sent.length > 0);
  for (const frame of sent) {
    const kinds = heard.filter((one) => one.frame === frame).map(({ kind }) => kind);
    assert.match(kinds.join(), /^(shown|discarded),released$/, `frame ${frame}`);
  }
  assert.equal(heard.length, 2 * sent.length, 'and none of a frame that was not sent');
}

/** What is on the screen is not released before something else is there, or the head shows nothing of it. */
function assertReleasedLate(lines: readonly Line[]): void {
  let onScreen: number | undefined;
  for (const { told, own, state } of lines) {
    if (state !== undefined && state.kind !== 'on') onScreen = undefined;
    if (own?.kind === 'shown') onScreen = undefined;
    if (told?.kind === 'released') assert.notEqual(told.frame, onScreen, `frame ${told.frame} is on the screen`);
    if (told?.kind === 'shown') onScreen = told.frame;
  }
}

/** How many buffers the compositor knew when the display was lost. */
function buffersAtLoss(lines: readonly Line[]): number {
  const until = lines.slice(
    0,
    lines.findIndex(({ state }) => state?.kind === 'lost'),
  );
  const count = (kind: Request['kind']) => until.filter(({ sent }) => sent?.kind === kind).length;
  return count('buffer') - count('forget');
}

describe('examples/compositor.ts', () => {
  it('settles and releases each frame once, through a resize, and leaves nothing', async () => {
    const before = await held();
    const { lines, interrupt, ended } = start('examples/compositor-client.ts');
    await untilShown(lines, '');
    assert.deepEqual(await colours(), bar);
    await lab.resize(0, smaller);
    await untilShown(lines, '"told":\\{"kind":"size","width":800,');
    assert.deepEqual(await colours(), bar);
    await interrupt();
    const all = await ended;
    assertSettledOnce(all);
    assertReleasedLate(all);
    assert.deepEqual(
      all.flatMap(({ fault }) => fault ?? []),
      [],
    );
    assert.deepEqual(await held(), before);
    await lab.resize(0, size);
  });

  it('and through a display that goes and comes back, of which nothing but what is parked is left', async () => {
    const before = await held();
    const { lines, interrupt, ended } = start('examples/compositor-client.ts');
    await untilShown(lines, '');
    const files = await filesOf(lines);
    const name = await shell('basename /sys/bus/virtio/drivers/virtio_gpu/virtio*');
    await shell(`echo ${name} > /sys/bus/virtio/drivers/virtio_gpu/unbind`);
    await lines.until(/"state":\{"kind":"lost"/);
    await shell(`echo ${name} > /sys/bus/virtio/drivers/virtio_gpu/bind`);
    await untilShown(lines, '"kind":"lost"\\}\\}[^]*"told":\\{"kind":"size"');
    assert.deepEqual(await colours(), bar);
    let after = await filesOf(lines);
    // A client's buffer may be on its way in at the moment of the look; what is left over is so at each.
    // A backbuffer that a picture of the compositor's own was drawn into is mapped, by a descriptor of its own.
    const most = files['dmabuf']! + backbuffers;
    for (let looks = 1; looks < 20 && after['dmabuf']! > most; looks++) after = await filesOf(lines);
    assert.equal(after['/dev/dri/card'], files['/dev/dri/card']! + 1, 'the parked one');
    assert.ok(after['dmabuf']! <= most, `${after['dmabuf']} dma-bufs, and ${files['dmabuf']} before`);
    await interrupt();
    const all = await ended;
    assertSettledOnce(all);
    assertReleasedLate(all);
    assert.deepEqual(
      all.flatMap(({ fault }) => fault ?? []),
      ['ERR_DEVICE_LOST'],
    );
    const { dmabufs, framebuffers } = await held();
    assert.equal(framebuffers, before.framebuffers);
    assert.equal(
      dmabufs,
      before.dmabufs + backbuffers + buffersAtLoss(all),
      'the lost display’s, for ever: see Parking',
    );
  });

  it('shows no frame before its fence has signalled, and ends with its client', async () => {
    const { ended } = start('test/lab/guest/fenced-client.ts');
    const all = await ended;
    const heard = heardOf(all);
    assertSettledOnce(
      all.filter(({ sent, heard }) => [sent, heard].every((one) => !one || !('frame' in one) || one.frame < 4)),
    );
    const signals = all.filter(({ signalled }) => signalled !== undefined);
    assert.equal(signals.length, 5);
    for (const { signalled, atNs } of signals) {
      const shown = heard.find((one) => one.kind === 'shown' && one.frame === signalled);
      assert.ok(shown?.kind === 'shown' && shown.timestampNs >= atNs!, JSON.stringify({ signalled, atNs, shown }));
    }
  });
});
