/** `guesthead kiosk` on the real driver, with a client that others wrote. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { KioskCheck } from '../../src/cli/kiosk-check.js';
import type { KioskResult } from '../../src/cli/run-kiosk.js';
import { Lab } from '../../src/lab/index.js';
import { guesthead, lastJson, screenOf, script, startWatched, untilFlipping, type Lines } from '../support/lab.js';

let lab: Lab;
before(async () => {
  lab = await Lab.boot({ size: { width: 1280, height: 720 }, input: true });
});
after(() => lab.close());

/** In the middle of the head. */
async function click(): Promise<void> {
  await lab.input.moveTo(0.5, 0.5);
  for (const pressed of [true, false]) await lab.input.button('left', pressed);
  for (const pressed of [true, false]) await lab.input.key('a', pressed);
}

/** Ends the client, by SIGPIPE, when it has been asked for its next frame so often: how long that takes is the machine's doing. */
const wordsFor = (frames: number, client: string) =>
  `WAYLAND_DEBUG=1 timeout 60 ${client} 2>&1 | grep -c -m ${frames} 'wl_callback.*done'`;

/** Types a key until the client says that it has heard of it. */
async function untilHeard(lines: Lines, key: string, code: number): Promise<void> {
  const heard = lines.until(new RegExp(`key key: ${code},.*\n`));
  const type = async () => {
    for (const pressed of [true, false]) await lab.input.key(key, pressed);
  };
  const again = setInterval(() => void type(), 500);
  try {
    await heard;
  } finally {
    clearInterval(again);
  }
}

/** VT_ACTIVATE, as chvt does. */
async function showTerminal(number: number): Promise<void> {
  const { status, stderr } = await lab.run([
    'perl',
    '-e',
    `open(T, "+<", "/dev/tty0") or die $!; ioctl(T, 0x5606, ${number}) or die $!`,
  ]);
  assert.equal(status, 0, stderr);
}

describe('guesthead kiosk', () => {
  it('shows weston-simple-shm, frame after frame, ends with it, and gives the screen back', async () => {
    const before = await screenOf(lab);
    const command = ['kiosk', '--json', '--', 'timeout', '--signal=INT', '4', 'weston-simple-shm'];
    const { job, lines } = startWatched(lab, ['node', 'dist/cli/main.cjs', ...command]);
    await untilFlipping(lab, '1280x720');
    const json = await lines.until(/^{"status".*}\n/m);
    const { status } = await job.done;
    const result = JSON.parse(json) as KioskResult;
    assert.equal(status, 124, json);
    assert.deepEqual(result.client, { code: 124, signal: null });
    assert.equal(result.head.path, 'import');
    assert.equal(result.realTime, true, 'root may have a real-time thread');
    assert.ok(result.frames.shown > 1, json);
    // 250x250 pixels, out of the client's buffer into a backbuffer, of each frame.
    assert.ok(result.bytesCopied >= 250 * 250 * 4, json);
    assert.equal(await screenOf(lab), before);
  });

  it('shows what Mesa draws for weston-simple-egl as it is: real udmabufs of the client’s memory, nothing copied', async () => {
    const shown = lastJson<KioskResult>(
      await guesthead(lab, [
        ...['kiosk', '--json', '--real-time', 'never'],
        ...['--', 'sh', '-c', wordsFor(30, 'weston-simple-egl -f -o')],
      ]),
    );
    const told = JSON.stringify(shown);
    assert.equal(shown.realTime, false);
    assert.ok(shown.frames.direct > 0, told);
    const [pixels, first] = [1280 * 720, shown.frames.drawn['it was shown for the first time'] ?? 0];
    assert.ok(first > 0 && first <= 4, `each of its buffers once: ${told}`);
    assert.ok(shown.bytesCopied <= first * pixels * 4, told);
    const { timed, connections } = shown;
    assert.ok(timed !== null && timed.pictures.shown > 0 && timed.commitToFlipMs !== null, told);
    assert.deepEqual([connections.ended.left, connections.ended.error], [connections.total, 0], told);
  });

  it('draws what a client has in dma-bufs of the render GPU, whose first row is the lowest there', async () => {
    const onVgem =
      'for each in /sys/class/drm/card?; do case $(readlink -f $each) in */vgem/*) node=/dev/dri/${each##*/};; esac; done; ' +
      wordsFor(6, 'weston-simple-dmabuf-egl -d $node');
    const shown = lastJson<KioskResult>(await guesthead(lab, ['kiosk', '--json', '--', 'sh', '-c', onVgem]));
    const told = JSON.stringify(shown);
    const drawn = shown.frames.drawn['the buffer is scaled or turned'] ?? 0;
    assert.ok(drawn > 0 && shown.bytesCopied >= drawn * 256 * 256 * 4, told);
    assert.equal(shown.frames.byGpu, 0, 'the CPU draws beside a stand-in for a GPU');
  });

  it('waits for what a client says is drawn by a timeline of virtio-gpu’s, and says by another when a buffer is free', async () => {
    const ended = await guesthead(lab, ['kiosk', '--json', '--', ...script('test/lab/guest/explicit-sync.ts')]);
    const { frames, bytesCopied } = lastJson<KioskResult>(ended);
    const [, told = ''] = /^sync (.*)$/m.exec(ended.stderr) ?? [];
    assert.equal(ended.status, 0, ended.stderr);
    const { lateMs, afterMs, first } = JSON.parse(told) as { lateMs: number; afterMs: number; first: string[] };
    assert.ok(lateMs >= 190 && afterMs > 0, told);
    assert.deepEqual(first, ['release']);
    assert.deepEqual([frames.direct, bytesCopied], [2, 0], JSON.stringify(frames));
  });

  it('hands a client what the host points at, clicks and types', async () => {
    const client = [
      'timeout',
      '--signal=INT',
      '25',
      'stdbuf',
      '-oL',
      'weston-eventdemo',
      '--log-motion',
      '--log-button',
      '--log-key',
    ];
    const { job, lines } = startWatched(lab, ['node', 'dist/cli/main.cjs', 'kiosk', '--', ...client]);
    const heard = lines.until(/button time: .*(.|\n)*key key: 30.*/m);
    // Until the client is there, nobody hears of it.
    const again = setInterval(() => void click(), 500);
    try {
      await heard;
    } finally {
      clearInterval(again);
    }
    await lab.run(['pkill', '-INT', 'weston-eventdem']);
    await job.done;
  });

  it('has its devices from seatd, leaves them to another session and has them back, and outlives the daemon', async () => {
    const seatd = startWatched(lab, ['seatd', '-l', 'info']);
    await seatd.lines.until(/seatd started/);
    const client = ['stdbuf', '-oL', 'weston-eventdemo', '--log-key'];
    const { job, lines } = startWatched(lab, [
      'node',
      'dist/cli/main.cjs',
      'kiosk',
      '--reopen',
      '--json',
      '--',
      ...client,
    ]);
    await untilFlipping(lab, '1280x720');
    await untilHeard(lines, 'a', 30);
    // Whoever comes to another virtual terminal has the seat there.
    await showTerminal(2);
    await seatd.lines.until(/Disabled client/);
    await lines.until(/^kiosk: Virtual-1 is another session’s/m);
    const checked = await guesthead(lab, ['kiosk', '--check', '--json', '--seat', 'libseat']);
    const { verdict, groups } = lastJson<KioskCheck>(checked);
    assert.equal(verdict.status, 'ok', verdict.text);
    const checks = groups.flatMap((group) => group.checks);
    assert.equal(checks.find(({ id }) => id === 'kiosk.seat')?.found, 'seat0 by seatd at /run/seatd.sock');
    await showTerminal(1);
    await lines.until(/^kiosk: Virtual-1 shows windows again, 1280x720/m);
    await untilFlipping(lab, '1280x720');
    await untilHeard(lines, 'b', 48);
    // It takes all along that it gave; root may have that without it.
    await lab.run(['pkill', 'seatd']);
    await lines.until(/seat daemon .* has gone/);
    await untilHeard(lines, 'c', 46);
    await untilFlipping(lab, '1280x720');
    const again = startWatched(lab, ['seatd', '-l', 'debug']);
    for (const opened of [/Opening device \/dev\/dri\/card/, /Opening device \/dev\/input/])
      await again.lines.until(opened);
    await untilHeard(lines, 'd', 32);
    await untilFlipping(lab, '1280x720');
    await lab.run(['pkill', '-INT', 'weston-eventdem']);
    const told = await lines.until(/[^]*^{"status".*}\n/m);
    await job.done;
    const result = JSON.parse(told.slice(told.indexOf('{"status"'))) as KioskResult;
    assert.deepEqual([result.seat.by, result.client.signal], ['libseat', 'SIGINT'], told);
    assert.deepEqual([result.connections.total, result.connections.ended.left], [1, 1], told);
    await lab.run(['pkill', 'seatd']);
    await again.job.done;
    const isLate = /No flip event|lagging behind/; // on a busy machine
    const faults = [...told.matchAll(/^kiosk: (.*)/gm)].flatMap(([, fault = '']) => (isLate.test(fault) ? [] : fault));
    for (const fault of faults)
      assert.match(fault, /seat daemon|DRM master|another session’s|shows windows again/, told);
  });

  it('checks by a real client’s frames whether it would do, and gives the screen back', async () => {
    const before = await screenOf(lab);
    const checked = await guesthead(lab, ['kiosk', '--check', '--json']);
    const { verdict, globals } = lastJson<KioskCheck>(checked);
    assert.deepEqual([checked.status, verdict.status, verdict.path], [0, 'ok', 'import'], verdict.text);
    for (const wanted of ['xdg_wm_base', 'wp_linux_drm_syncobj_manager_v1'])
      assert.ok(globals.some(({ name }) => name === wanted));
    assert.equal(await screenOf(lab), before);
  });

  it('runs its client as another user, in that one’s own folder', async () => {
    const client = ['sh', '-c', 'id -un; id -G; stat -c %U $XDG_RUNTIME_DIR $XDG_RUNTIME_DIR/$WAYLAND_DISPLAY'];
    const { status, stderr } = await guesthead(lab, ['kiosk', '--user', 'nobody', '--', ...client]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /nobody\n65534\nnobody\nnobody\n/);
  });

  it('ends with the client’s own status, and with 127 where there is none, before anything is shown', async () => {
    const failed = await guesthead(lab, [
      'kiosk',
      '--json',
      '--input',
      '/dev/null',
      '--',
      'sh',
      '-c',
      'sleep 1; exit 3',
    ]);
    assert.match(failed.stderr, /^kiosk: .*\/dev\/null → name a node such as/m);
    assert.deepEqual([failed.status, lastJson<KioskResult>(failed).client], [3, { code: 3, signal: null }]);
    const missing = await guesthead(lab, ['kiosk', '--', 'no-such-client']);
    assert.equal(missing.status, 127);
    assert.match(missing.stderr, /ERR_NO_PROGRAM.*no-such-client/);
  });
});
