/** The example unit, as systemd's own tools see it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createProgram } from '../../../src/cli/program.js';
import { packageRoot } from '../../../src/package-root.js';

const unit = readFileSync(join(packageRoot, 'examples/systemd/guesthead.service'), 'utf8');
const command = /^ExecStart=(\S+) (.*)$/m.exec(unit);

const folder = mkdtempSync(join(tmpdir(), 'guesthead-unit-'));
const file = join(folder, 'guesthead.service');
writeFileSync(file, unit.replace(command?.[1] ?? '', process.execPath)); // a command that is here
after(() => rmSync(folder, { recursive: true }));

const analyze = (...words: string[]) => spawnSync('systemd-analyze', [...words, file], { encoding: 'utf8' });
const skip = analyze('--version').status === 0 ? false : 'systemd-analyze is not installed';

const settings = (name: string): string[] =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value ?? '');

describe('the example unit', () => {
  it('is understood, every line of it', { skip }, () => {
    const { status, stderr } = analyze('verify', '--man=no');
    assert.deepEqual([status, stderr], [0, '']);
  });

  it('is exposed little', { skip }, () => {
    const { status, stdout, stderr } = analyze('security', '--offline=true', '--no-pager', '--threshold=10');
    assert.equal(status, 0, `${stdout}\n${stderr}`); // tenths: 1.0 of 10
    assert.match(stdout, /Overall exposure level .* 0\.\d /);
  });

  it('starts a command with options that there are', () => {
    assert.equal(basename(command?.[1] ?? ''), 'guesthead');
    const [name, ...words] = (command?.[2] ?? '').split(' ');
    const run = createProgram().commands.find((one) => one.name() === name)!;
    const given = words.filter((word) => word.startsWith('-'));
    assert.ok(given.length > 0);
    for (const flag of given)
      assert.ok(
        run.options.some(({ long }) => long === flag),
        flag,
      );
  });

  it('is told of readiness, watched, started again, and may use the devices alone', () => {
    assert.deepEqual(settings('Type'), ['notify']);
    assert.ok(Number(settings('WatchdogSec')[0]) > 0);
    assert.deepEqual(settings('Restart'), ['always']);
    assert.deepEqual(settings('RestartPreventExitStatus'), ['2']);
    assert.deepEqual(settings('DeviceAllow'), ['char-drm rw', '/dev/udmabuf rw']);
    assert.deepEqual(settings('CapabilityBoundingSet'), ['']);
    assert.deepEqual(settings('PrivateUsers'), [], 'hotplug is heard in the machine’s own user namespace only');
  });
});
