/** The package as `npm pack` makes it, installed by a user who has Node and npm, and nothing to compile with. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ProbeReport } from '../../src/probe/index.js';
import { packageRoot, packageVersion } from '../../src/package-root.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-package-'));
const bin = join(folder, 'bin');
const app = join(folder, 'app');
after(() => rmSync(folder, { recursive: true }));

/** All that there is on the user's PATH; npm runs packages' scripts by sh. */
function makePath(): void {
  mkdirSync(bin);
  const find = (name: string) => execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  for (const name of ['npm', 'npx', 'sh']) symlinkSync(find(name), join(bin, name));
  symlinkSync(process.execPath, join(bin, 'node'));
}

/** Runs a program in the user's folder. */
function inApp(program: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { PATH: bin, HOME: process.env['HOME'] ?? folder };
  return spawnSync(join(bin, program), args, { cwd: app, env, encoding: 'utf8', timeout: 120_000 });
}

function isOld(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime: string } };
  return header.glibcVersionRuntime.localeCompare('2.36', 'en', { numeric: true }) <= 0;
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

function pack(): Packed {
  const run = (program: string, args: string[]) =>
    execFileSync(program, args, { cwd: packageRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  // Of this machine's architecture alone: another's compiler is brought where the package is published. On Debian 12, where
  // that is done, it must keep what the package promises; a newer system's compiler cannot.
  const which = isOld() ? ['--arch', process.arch] : ['--local'];
  run(process.execPath, ['scripts/prebuild.mjs', ...which]);
  const said = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]);
  const [packed] = Object.values(JSON.parse(said) as Record<string, Packed>);
  return packed!;
}

describe('the package', () => {
  let packed: Packed;
  before(() => {
    makePath();
    mkdirSync(app);
    packed = pack();
    // Packages come from the cache that the checkout's own installation has filled.
    const install = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', join(folder, packed.filename)];
    const { status, stderr } = inApp('npm', ...install);
    assert.equal(status, 0, stderr);
  });

  it('has no test, no leftover of a build, no map, and of the sources what is compiled where it runs', () => {
    const paths = packed.files.map(({ path }) => path);
    assert.deepEqual(
      paths.filter((path) => /(^|\/)(test|\.lab|node_modules|build)\/|\.test\.|(^|\/)\.[^/]*$/.test(path)),
      [],
    );
    assert.deepEqual(
      paths.filter((path) => path.endsWith('.map') || (path.startsWith('src/') && !path.startsWith('src/lab/guest/'))),
      [],
    );
    for (const path of paths.filter((one) => one.endsWith('.js')))
      assert.doesNotMatch(readFileSync(join(packageRoot, path), 'utf8'), /^\/\/# sourceMappingURL=/m, path);
  });

  it('is below 2 MiB', () => assert.ok(packed.size < 2 * 2 ** 20, `${packed.size} bytes`));

  for (const [name, path, ...args] of [
    ['publint', 'publint/src/cli.js', '--strict'],
    ['are-the-types-wrong', '@arethetypeswrong/cli/dist/index.js', '--profile', 'esm-only'],
  ] as const)
    it(`is clean for ${name}`, () => {
      const words = [join(packageRoot, 'node_modules', path), join(folder, packed.filename), ...args];
      const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
    });

  it('runs', () => {
    const { status, stdout, stderr } = inApp('npx', 'guesthead', '--version');
    assert.deepEqual([status, stdout.split('\n')[0]], [0, `guesthead ${packageVersion()}`], stderr);
    assert.match(stdout, /^addon prebuilt, /m);
  });

  it('loads its addon and the bindings without a compiler and without an install script', () => {
    const { stdout, stderr } = inApp('npx', 'guesthead', 'probe', '--json');
    assert.notEqual(stdout, '', stderr);
    const { groups } = JSON.parse(stdout) as ProbeReport;
    const { checks } = groups.find(({ id }) => id === 'libraries')!;
    const found = checks.map(({ id, status }) => [id, status]);
    for (const id of ['libraries.addon', 'libraries.libdrm'])
      assert.deepEqual(
        found.find(([one]) => one === id),
        [id, 'ok'],
        stdout,
      );
  });

  it('has the lab’s tools, in the form that its own sources make', async () => {
    const { toolsToShip } = await import('../../src/lab/tools.js');
    const paths = packed.files.map(({ path }) => join(packageRoot, path));
    for (const { to } of await toolsToShip()) assert.ok(paths.includes(to), to);
  });
});
