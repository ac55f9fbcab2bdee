/** How frames come to the screen: one flushed buffer, the newest of several, or drawn at the last moment; and who paces them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../../src/lab/index.js';
import type { RunResult } from '../../src/report/index.js';
import { DatagramReceiver } from '../support/datagrams.js';
import { buildMasterThief } from '../support/fault-tools.js';
import { guesthead, lastJson, measured, startRun, startWatched } from '../support/lab.js';
import {
  assertAllTracks,
  assertFlipsAreVblanks,
  assertFlushesLieInTheirFrames,
  assertValid,
  type WrittenTrace,
} from '../support/traced-run.js';
import { packageRoot } from '../../src/package-root.js';

const execute = promisify(execFile);
let lab: Lab;
let thief: string;
before(async () => {
  thief = await buildMasterThief();
  lab = await Lab.boot();
});
after(async () => {
  await lab.close();
});

async function run(words: readonly string[], env: Record<string, string> = {}): Promise<RunResult> {
  return lastJson<RunResult>(await guesthead(lab, ['run', '--mode', '1280x768', ...words, '--json'], env));
}

describe('guesthead run --update dirtyfb', () => {
  it('draws into one buffer of the display, which the host shows', async () => {
    // a picture caught between two of its rows is torn, as one buffer's pictures are: one whole one must be among them
    const result = await measured(
      () => run(['--update', 'dirtyfb', '--frames', '60'], { GUESTHEAD_CAPTURES: '3' }),
      ({ host }) => (host?.exact ?? 0) > 0,
    );
    assert.deepEqual([result.path, result.update, result.buffers], ['export', 'dirtyfb', 1]);
    assert.equal(result.frames, 60);
    assert.equal(result.bytesCopiedPerFrame, 0);
    assert.deepEqual([result.faults, result.refused], [[], []]);
    assert.equal(result.host?.captures, 3);
    assert.ok(result.host.exact > 0, `${result.host.torn} of 3 torn`);
  });

  it('is a usage error with a path whose buffers are not the display’s', async () => {
    const words = ['dist/cli/main.cjs', 'run', '--update', 'dirtyfb', '--path', 'import'];
    const wrong = execute(process.execPath, words, { cwd: packageRoot }); // needs no guest: it comes before any device
    await assert.rejects(wrong, { code: 2, stderr: /DIRTYFB is for a buffer of the display/ });
  });
});

describe('page flips', () => {
  it('in turn are paced by the kernel’s timer; drawn late they show a fresher picture', async () => {
    const { fifo, late } = await measured(
      async () => ({ fifo: await run(['--frames', '120']), late: await run(['--frames', '120', '--deadline']) }),
      ({ fifo, late }) => fifo.pacing.kind === 'timer-paced' && isFresher(late, fifo),
    );
    assert.equal(fifo.pacing.kind, 'timer-paced');
    assert.deepEqual([fifo.presentMode, fifo.deadline, fifo.dropped], ['fifo', false, 0]);
    assert.deepEqual([late.deadline, late.frames, late.dropped], [true, 120, 0]);
    assert.ok(isFresher(late, fifo), `${late.latencyMs?.p50} ms is no less than ${fifo.latencyMs?.p50}`);
  });

  it('as a mailbox show the newest of several frames, and count the others', async () => {
    const result = await run(['--frames', '120', '--present-mode', 'mailbox']);
    assert.equal(result.presentMode, 'mailbox');
    assert.equal(result.frames, 120);
    assert.ok(result.dropped > 0);
  });
});

describe('guesthead run --trace', () => {
  const folder = mkdtempSync('.lab/traced-'); // in the folder that the guest writes through to the host
  const tracefs = '/sys/kernel/tracing';
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Of the kernel's tracer. */
  async function instances(): Promise<string> {
    const { stdout } = await lab.run(['sh', '-c', `ls ${tracefs}/instances`]);
    return stdout.trim();
  }

  it('writes the frames and what the kernel did with them, on one clock', async () => {
    const file = join(folder, 'whole.json');
    await lab.run(['mkdir', `${tracefs}/instances/guesthead-4194999`]); // of a process that was killed
    const run = await guesthead(lab, ['run', '--mode', '1280x768', '--frames', '80', '--trace', file, '--json']);
    assert.match(run.stderr, new RegExp(`^trace: ${file}$`, 'm'));
    const trace = JSON.parse(readFileSync(file, 'utf8')) as WrittenTrace;
    const { heads, kernel } = trace.otherData;
    const { verdict, flushFenceMs } = lastJson<RunResult>(run);
    assert.deepEqual([heads[0]?.path, heads[0]?.verdict], ['import', verdict]);
    assert.deepEqual([kernel.clock, kernel.lost], ['mono', 0]);
    assertValid(trace);
    assertAllTracks(trace, flushFenceMs !== null);
    assertFlushesLieInTheirFrames(trace);
    assertFlipsAreVblanks(trace);
    assert.equal(await instances(), '');
  });

  it('does so, too, where the terminal hangs up', async () => {
    const file = join(folder, 'hangup.json');
    const { job, ended } = await startRun(lab, ['--mode', '1280x768', '--trace', file]);
    assert.match(await instances(), /^guesthead-\d+$/);
    assert.ok(!existsSync(file));
    job.kill('SIGHUP');
    await ended;
    assertValid(JSON.parse(readFileSync(file, 'utf8')) as WrittenTrace);
    assert.equal(await instances(), '');
  });
});

describe('guesthead run --report', () => {
  it('says so where the disk is full at the end, and prints the result', async () => {
    await lab.run(['sh', '-c', 'mkdir /run/full && mount -t tmpfs -o size=16k none /run/full']);
    const words = ['--mode', '1280x768', '--frames', '5', '--report', '/run/full/r.html', '--json'];
    const full = await guesthead(lab, ['run', ...words]);
    assert.equal(full.status, 1);
    assert.match(
      full.stderr,
      /^guesthead: ERR_SYSTEM: Cannot write \/run\/full\/r.html: .*ENOSPC.*\n {2}→ name a file/m,
    );
    assert.equal(lastJson<RunResult>(full).frames, 5);
    assert.equal((await lab.run(['ls', '-A', '/run/full'])).stdout, '');
  });
});

function isFresher(late: RunResult, fifo: RunResult): boolean {
  return (late.latencyMs?.p50 ?? Infinity) < (fifo.latencyMs?.p50 ?? 0);
}

describe('guesthead run as a service', () => {
  const notify = '/run/notify';
  /** As the example unit has it: no capability, only the groups that may open the devices. */
  const unprivileged = [
    ...['setpriv', '--reuid', '65534', '--regid', '65534', '--groups', '44'],
    ...['--inh-caps=-all', '--bounding-set=-all', '--no-new-privs'],
  ];

  async function shell(script: string): Promise<string> {
    const { stdout, stderr, status } = await lab.run(['timeout', '60', 'sh', '-c', script]);
    assert.equal(status, 0, `${script}: ${stderr}`);
    return stdout.trim();
  }

  it('without privileges: is ready when it flips, feeds its watchdog while it does, and not while another is master', async () => {
    await shell('chgrp 44 /dev/dri/card* && chmod 660 /dev/dri/card*'); // as udev does
    const manager = await DatagramReceiver.openIn(lab, notify);
    const fed = async (count: number) => (await manager.received(count, 'WATCHDOG=1')).length;
    const env = { NOTIFY_SOCKET: notify, WATCHDOG_USEC: '1000000' };
    const words = ['node', 'dist/cli/main.cjs', 'run', '--mode', '1280x768', '--json', '--seconds', '500'];
    const service = lab.start([...unprivileged, ...words], { env });
    await manager.received(1, 'READY=1\nSTATUS=');
    await fed(2);
    const taken = startWatched(lab, [thief, await shell('pgrep -of "main.cjs run"'), '4']);
    await taken.lines.until(/have master/);
    await sleep(1000); // what was on its way has come
    const before = await fed(0);
    await sleep(1500);
    assert.equal(await fed(0), before, 'fed without a flip');
    await taken.lines.until(/gave it back/);
    await fed(before + 2);
    service.kill('SIGTERM');
    await service.done;
    await manager.received(1, 'STOPPING=1\nSTATUS=');
    const states = await manager.received(1, 'STATUS=Virtual-1: ');
    assert.match(states.at(-1) ?? '', /^STATUS=Virtual-1: \d+\.\d flips\/s, \d+ missed, path import, [1-9]\d* faults$/);
    await manager.close();
  });
});
