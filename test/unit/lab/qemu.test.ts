import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { locateQemu, requireQemu, requireX64 } from '../../../src/lab/qemu.js';
import { Folder } from '../../support/made-up-kernel.js';

const named = (...names: string[]) => names.map((name) => ({ name }));

/** What QEMU answers, in the order in which it is asked. */
const answers = {
  capabilities: {},
  version: { qemu: { major: 9, minor: 1, micro: 2 } },
  target: { arch: 'x86_64' },
  machines: [{ name: 'pc-q35-9.1', alias: 'q35' }],
  commands: named('query-vnc', 'screendump'),
  gpu: named('max_outputs', 'blob'),
  share: [],
  serial: [],
  memory: named('size'),
};

/** A device that it does not know. */
const unknown = { gpu: undefined, share: undefined, memory: undefined };

/** A program that says this whatever it is asked, with a greeting and an event as QEMU sends them. */
function writeQemu(folder: Folder, lines: readonly object[], name = 'qemu-system-x86_64'): string {
  const events = [{ QMP: { version: {} } }, ...lines, { event: 'SHUTDOWN' }];
  const text = events.map((line) => JSON.stringify(line)).join('\n');
  const path = folder.write(name, `#!/bin/sh\ntouch "$0.ran"\ncat <<'END'\n${text}\nEND\n`);
  chmodSync(path, 0o755);
  return path;
}

function writeAnswers(folder: Folder, change: Partial<Record<keyof typeof answers, unknown>> = {}): string {
  return writeQemu(
    folder,
    Object.values({ ...answers, ...change }).map((value) => (value === undefined ? { error: {} } : { return: value })),
  );
}

describe('a QEMU that a user names', () => {
  it('is the program, or the folder of a build', () => {
    using folder = new Folder();
    const program = writeQemu(folder, [], 'qemu/build/qemu-system-x86_64');
    for (const name of ['qemu', 'qemu/build', 'qemu/build/qemu-system-x86_64'])
      assert.equal(locateQemu(join(folder.path, name)), program);
    folder.write('notes.txt', '');
    for (const name of ['nowhere', 'notes.txt', '.'])
      assert.throws(() => locateQemu(join(folder.path, name)), { code: 'ERR_USAGE', message: /No QEMU to run at/ });
  });

  it('runs the lab where it has all that the lab needs', async () => {
    using folder = new Folder();
    await requireQemu(writeAnswers(folder));
    assert.equal(readFileSync(join(folder.path, 'qemu-system-x86_64.ran'), 'utf8'), '');
  });

  it('is told what it lacks, all of it at once', async () => {
    using folder = new Folder();
    const old = writeAnswers(folder, {
      version: { qemu: { major: 5, minor: 2, micro: 0 } },
      gpu: named('max_outputs'),
    });
    await assert.rejects(requireQemu(old), { code: 'ERR_LAB', message: /QEMU 5\.2\.0 at .*lacks[^]*blob.*6\.1/ });
    const small = writeAnswers(folder, { ...unknown, commands: [], machines: [] });
    await assert.rejects(requireQemu(small), {
      code: 'ERR_LAB',
      message: /virtio-gpu-pci[^]*vhost-user-fs-pci[^]*memfd[^]*q35[^]*VNC[^]*screendump/,
    });
  });

  it('of another target, or that is no system emulator, is not taken', async () => {
    using folder = new Folder();
    const arm = writeAnswers(folder, { target: { arch: 'aarch64' } });
    await assert.rejects(requireQemu(arm), { code: 'ERR_LAB', message: /emulates aarch64, and the guest is x86-64/ });
    await assert.rejects(requireQemu('/bin/false'), {
      code: 'ERR_LAB',
      message: /does not answer as QEMU does: it says nothing/,
    });
    await assert.rejects(requireQemu('/bin/ls'), { code: 'ERR_LAB', message: /does not answer.*ls/ });
  });
});

describe('a host of another kind', () => {
  it('is told that the lab runs on x86-64 alone, and what works there', () => {
    requireX64({ arch: 'x64', platform: 'linux' } as NodeJS.Process);
    for (const [arch, platform] of [
      ['arm64', 'linux'],
      ['x64', 'darwin'],
    ] as const)
      assert.throws(() => requireX64({ arch, platform } as NodeJS.Process), {
        code: 'ERR_LAB',
        message: new RegExp(`x86-64 host, and this is ${platform} on ${arch}`),
        advice: /arm64 guest/,
      });
  });
});
