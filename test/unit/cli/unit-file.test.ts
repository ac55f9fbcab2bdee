/** The example unit, as systemd's own tools see it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createProgram } from '../../../src/cli/program.js';
import { packageRoot } from '../../../src/package-root.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-unit-'));
after(() => rmSync(folder, { recursive: true }));

/** One of the units, with a command that is here. */
class Unit {
  readonly text: string;
  readonly #file: string;
  readonly #command: RegExpExecArray | null;

  constructor(name: string) {
    this.text = readFileSync(join(packageRoot, 'examples/systemd', name), 'utf8');
    this.#command = /^ExecStart=(\S+) (.*)$/m.exec(this.text);
    this.#file = join(folder, name);
    writeFileSync(this.#file, this.text.replace(this.#command?.[1] ?? '', process.execPath));
  }

  get program(): string {
    return basename(this.#command?.[1] ?? '');
  }

  /** Of the command, without those of a client of its. */
  get words(): string[] {
    return (this.#command?.[2]?.split(' -- ')[0] ?? '').split(' ');
  }

  analyze(...words: string[]) {
    return spawnSync('systemd-analyze', [...words, this.#file], { encoding: 'utf8' });
  }

  settings(name: string): string[] {
    return [...this.text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value ?? '');
  }
}

const skip = spawnSync('systemd-analyze', ['--version']).status === 0 ? false : 'systemd-analyze is not installed';
const [run, kiosk] = ['guesthead.service', 'guesthead-kiosk.service'].map((name) => new Unit(name)) as [Unit, Unit];

for (const [name, unit, exposure] of [
  ['of a run', run, 1],
  ['of a kiosk', kiosk, 5],
] as const)
  describe(`the example unit ${name}`, () => {
    it('is understood, every line of it', { skip }, () => {
      const { status, stderr } = unit.analyze('verify', '--man=no');
      assert.deepEqual([status, stderr], [0, '']);
    });

    it('is exposed little', { skip }, () => {
      const threshold = `--threshold=${exposure * 10}`; // tenths
      const { status, stdout, stderr } = unit.analyze('security', '--offline=true', '--no-pager', threshold);
      assert.equal(status, 0, `${stdout}\n${stderr}`);
    });

    it('starts a command with options that there are', () => {
      assert.equal(unit.program, 'guesthead');
      const [command, ...words] = unit.words;
      const { options } = createProgram().commands.find((one) => one.name() === command)!;
      const given = words.filter((word) => word.startsWith('-'));
      assert.ok(given.length > 0);
      for (const flag of given)
        assert.ok(
          options.some(({ long }) => long === flag),
          flag,
        );
    });

    it('is told of readiness, watched, started again, and may use its devices alone', () => {
      assert.deepEqual(unit.settings('Type'), ['notify']);
      assert.ok(Number(unit.settings('WatchdogSec')[0]) > 0);
      assert.deepEqual(unit.settings('Restart'), ['always']);
      assert.deepEqual(unit.settings('DevicePolicy'), ['closed']);
      assert.deepEqual(unit.settings('CapabilityBoundingSet'), ['']);
      assert.deepEqual(unit.settings('PrivateUsers'), [], 'hotplug is heard in the machine’s own user namespace only');
    });
  });

describe('the units’ devices, and what does not mend itself', () => {
  it('are a run’s', () => {
    assert.deepEqual(run.settings('DeviceAllow'), ['char-drm rw', '/dev/udmabuf rw']);
    assert.deepEqual(run.settings('RestartPreventExitStatus'), ['2']);
  });

  it('are a kiosk’s, which hears input too, and whose client may be missing', () => {
    assert.deepEqual(kiosk.settings('DeviceAllow'), ['char-drm rw', 'char-input rw', '/dev/udmabuf rw']);
    assert.deepEqual(kiosk.settings('RestartPreventExitStatus'), ['2 127']);
    assert.deepEqual(
      kiosk.settings('SuccessExitStatus'),
      ['143'],
      'a client that `systemctl stop` has ended is no failure',
    );
  });
});
