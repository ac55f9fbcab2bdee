/** `guesthead lab run` as a command: status, output, bounds, and nothing left behind. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Lines } from '../support/lab.js';
import { kernelDir, setupKernel } from '../../src/lab/paths.js';
import { configFragment } from '../../src/lab/index.js';
import { bzImage, Folder } from '../support/made-up-kernel.js';
import { packageRoot } from '../../src/package-root.js';

const main = join(packageRoot, 'dist/cli/main.cjs');

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const labRun = (...words: string[]) => guesthead('lab', 'run', ...words);

function guesthead(...words: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...words], (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : (error.code as number | null), stdout, stderr });
    });
  });
}

/** Where these labs keep their runs: it tells their processes from those of other labs on this machine. */
const runs = mkdtempSync(join(tmpdir(), 'gh-'));

/** Run folders, and helper processes that name one of them. */
function leftovers(): string[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ');
      } catch {
        return '';
      }
    })
    .filter((line) => /^\S*(qemu-system|virtiofsd)/.test(line) && line.includes(runs));
  return [...readdirSync(runs), ...processes];
}

describe('guesthead lab run', () => {
  before(() => {
    process.env['TMPDIR'] = runs;
  });
  after(() => {
    assert.deepEqual(leftovers(), []);
    rmSync(runs, { recursive: true });
  });

  it('passes output and exit status on, from this folder; two labs run side by side, one with a kernel of its own', async () => {
    const { image, release } = setupKernel();
    const copy = join(mkdtempSync(join(tmpdir(), 'kernel-')), 'bzImage');
    copyFileSync(image, copy);
    const ownKernel = ['--kernel', copy, '--modules', kernelDir];
    const command = 'pwd; echo "$WORDS"; nproc; echo to-stderr >&2; exit';
    const [first, second] = await Promise.all([
      labRun('--env', 'WORDS=of $its own', '--', 'sh', '-c', `${command} 7`),
      labRun('--memory', '1G', '--cpus', '3', ...ownKernel, '--', 'sh', '-c', `${command} 0`),
    ]);
    rmSync(dirname(copy), { recursive: true });
    assert.ok(second.stderr.includes(`booting Linux ${release} `), second.stderr);
    assert.deepEqual([first.status, second.status], [7, 0]);
    assert.deepEqual(
      [first.stdout, second.stdout],
      [`of $its own\n${process.env['GUESTHEAD_LAB_CPUS'] ?? '2'}`, '\n3'].map((said) => `${process.cwd()}\n${said}\n`),
    );
    for (const { stderr } of [first, second]) {
      assert.match(stderr, /to-stderr/);
      assert.match(stderr, /vgem stands in for the headless GPU/);
    }
  });

  it('ends a guest that hangs, with the console', async () => {
    const { status, stderr } = await labRun('--timeout', '2', '--', 'sleep', '1000');
    assert.equal(status, 1);
    assert.match(stderr, /no end after 2 s/);
  });

  it('reports a panic as a failure with the console’s last lines', async () => {
    const { status, stderr } = await labRun('--', 'sh', '-c', 'echo c > /proc/sysrq-trigger; sleep 100');
    assert.equal(status, 1);
    assert.match(stderr, /console ended with:[^]*panic/);
  });

  it('ends the command and cleans up on SIGINT, with the command’s own status', async () => {
    const child = spawn(
      process.execPath,
      [main, 'lab', 'run', '--', 'sh', '-c', 'trap "exit 42" INT; echo up; while :; do sleep 0.1; done'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    const lines = new Lines();
    child.stdout.on('data', lines.push).on('close', lines.end);
    await lines.until(/up/);
    child.kill('SIGINT');
    const [status] = (await once(child, 'exit')) as [number];
    assert.equal(status, 42);
  });

  it('leaves nothing behind even when it is killed', async () => {
    const child = spawn(process.execPath, [main, 'lab', 'run', '--', 'sh', '-c', 'echo up; sleep 100'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const lines = new Lines();
    child.stdout.on('data', lines.push).on('close', lines.end);
    await lines.until(/up/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(
      leftovers().filter((thing) => !thing.startsWith('guesthead-')),
      [],
      'QEMU or virtiofsd outlived the lab',
    );
    for (const folder of leftovers()) rmSync(join(runs, folder), { recursive: true }); // a killed process cannot remove its own
  });

  it('refuses bad options with status 2 and the choices, as run does before it looks for a device', async () => {
    for (const [words, says] of [
      [['--size', 'big', '--', 'true'], /WIDTHxHEIGHT/],
      [['--size', '4095x33', '--', 'true'], /cannot have 4095x33[^]*nearest that it can is 4095x200/],
      [['--heads', '0', '--', 'true'], /1 to 16/],
      [['--blob', 'maybe', '--', 'true'], /on, off/],
      [['--memory', 'lots', '--', 'true'], /512M/],
      [['--kernel', '/nowhere/vmlinuz', '--', 'true'], /No kernel image/],
      [['--modules', '/', '--', 'true'], /--kernel/],
      [['--qemu', '/nowhere', '--', 'true'], /No QEMU to run/],
      [[], /command/],
    ] as const)
      await refuses(['lab', 'run', ...words], says);
    for (const [words, says] of [
      [['--mode', 'wide'], /WIDTHxHEIGHT/],
      [['--buffers', '17'], /2 to 16/],
      [['--pattern', 'plaid'], /bars, counter, none/],
    ] as const)
      await refuses(['run', ...words], says);
  });

  it('ends with 125 where the kernel cannot be tested, as git bisect wants it', async () => {
    using folder = new Folder({
      'tree/arch/x86/boot/bzImage': bzImage('7.3.4'),
      'tree/.config': configFragment().replace('CONFIG_VIRTIO_FS=y', ''),
    });
    const { status, stderr } = await labRun('--kernel', join(folder.path, 'tree'), '--', 'true');
    assert.equal(status, 125);
    assert.match(stderr, /ERR_LAB[^]*CONFIG_VIRTIO_FS[^]*guesthead lab config/);
    const other = await labRun('--qemu', '/bin/false', '--', 'true');
    assert.equal(other.status, 125);
    assert.match(other.stderr, /does not answer as QEMU does/);
    const late = await labRun('--boot-timeout', '1', '--', 'true');
    assert.equal(late.status, 125);
    assert.match(late.stderr, /The guest was not up after 1 s/);
  });

  it('runs the command beside a PID 1 of the user’s own', async () => {
    using folder = new Folder({ init: '#!/bin/sh\nexec sleep infinity\n' });
    const init = join(folder.path, 'init');
    chmodSync(init, 0o755);
    const { status, stdout } = await labRun('--init', init, '--', 'readlink', '/proc/1/exe');
    assert.deepEqual([status, stdout.trim()], [0, realpathSync('/usr/bin/sleep')]);
  });

  async function refuses(words: readonly string[], says: RegExp): Promise<void> {
    const { status, stderr } = await guesthead(...words);
    assert.equal(status, 2, `${words.join(' ')}: ${stderr}`);
    assert.match(stderr, says);
  }
});
