/** The package as `npm pack` makes it, installed by a user who has Node and npm, and nothing to compile with. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';
import type { ProbeReport } from '../../src/probe/index.js';
import { packageRoot, packageVersion } from '../../src/package-root.js';
import { blocksOf, documents, linksOf } from '../support/documents.js';

/** x64 and arm64: of the other, this machine has no compiler where nothing is published. */
const architectures = 2;
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

/** In the checkout and on the site alone: the reference that `npm run docs` makes, and a picture of 230 KB. */
const notPacked = /^api\/|\.png$/;

const examples = readdirSync(join(packageRoot, 'examples'), { recursive: true, encoding: 'utf8' })
  .map((name) => join('examples', name))
  .filter((path) => statSync(join(packageRoot, path)).isFile());

/** What a strict compiler says of the files; what they import beside the package is the checkout's. */
function faultsIn(files: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(packageRoot, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, packageRoot);
  const modules = join(packageRoot, 'node_modules');
  const paths = {
    pngjs: [join(modules, '@types/pngjs')],
    '@napi-rs/canvas': [join(modules, '@napi-rs/canvas/index.d.ts')],
  };
  const program = ts.createProgram(files, { ...options, paths, typeRoots: [join(modules, '@types')] });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
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

  it('is below 2 MiB, with the addon for each architecture', () => {
    const addon = packed.files.map(({ path }) => path).filter((path) => path.endsWith('.node'));
    const bytes = addon.map((path) => gzipSync(readFileSync(join(packageRoot, path))).length);
    const missing = (architectures - addon.length) * (bytes[0] ?? 0); // as large as the one that is there
    assert.ok(packed.size + missing < 2 * 2 ** 20, `${packed.size} bytes and ${missing}`);
  });

  it('has what its code reads beside itself', () => {
    const paths = packed.files.map(({ path }) => path);
    const sources = readdirSync(join(packageRoot, 'src'), { recursive: true, encoding: 'utf8' });
    const read = sources
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => [...readFileSync(join(packageRoot, 'src', name), 'utf8').matchAll(/packageRoot, '([^']+)'/g)])
      .map(([, path = '']) => path)
      .filter((path) => path !== 'scripts/setup.mjs'); // by which a checkout is known
    assert.ok(read.length > 5, read.join());
    for (const path of read)
      assert.ok(
        paths.some((one) => one === path || one.startsWith(`${path}/`)),
        path,
      );
  });

  for (const [name, path, ...args] of [
    ['publint', 'publint/src/cli.js', '--strict'],
    ['are-the-types-wrong', '@arethetypeswrong/cli/dist/index.js', '--profile', 'esm-only'],
  ] as const)
    it(`is clean for ${name}`, () => {
      const words = [join(packageRoot, 'node_modules', path), join(folder, packed.filename), ...args];
      const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
    });

  it('has what its documents link to, and each example', () => {
    const paths = packed.files.map(({ path }) => path);
    const dead = documents()
      .filter(({ path }) => paths.includes(path))
      .flatMap((document) =>
        linksOf(document)
          .filter((link) => !/^(https?:|#)/.test(link) && !notPacked.test(link))
          .map((link) => normalize(join(dirname(document.path), link.split('#')[0] ?? '')))
          .filter((target) => !paths.some((path) => path === target || path.startsWith(`${target}/`)))
          .map((target) => `${document.path}: ${target}`),
      );
    assert.deepEqual(dead, []);
    for (const path of ['README.md', 'CHANGELOG.md', 'examples/systemd/guesthead.service', ...examples])
      assert.ok(paths.includes(path), path);
  });

  it('has examples that compile against its own types in a user’s folder, and run there', () => {
    cpSync(join(app, 'node_modules/guesthead/examples'), join(app, 'examples'), { recursive: true });
    assert.equal(inApp('npm', 'pkg', 'set', 'type=module').status, 0); // as docs/library.md says
    const faults = faultsIn(examples.filter((path) => path.endsWith('.ts')).map((path) => join(app, path)));
    assert.deepEqual(faults, []);
    const loader = pathToFileURL(join(packageRoot, 'node_modules/tsx/dist/loader.mjs')).href;
    const { status, stdout, stderr } = inApp('node', '--import', loader, 'examples/list-devices.ts');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /No DRM device here|No virtio-gpu here|shows the pictures/);
  });

  it('has a program in its README that is plain JavaScript, as it says', () => {
    const [program] = documents()
      .filter(({ path }) => path === 'README.md')
      .flatMap((readme) => blocksOf(readme, 'ts'));
    writeFileSync(join(app, 'program.mjs'), program?.text ?? '');
    const { status, stderr } = inApp('node', '--check', 'program.mjs');
    assert.equal(status, 0, stderr);
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
