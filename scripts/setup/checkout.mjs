/** Steps "modules", "addon" and "build": what is made inside the checkout. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { root, run } from './run.mjs';
import { digestOf, filesUnder, isStamped, putStamp } from './stamp.mjs';

const tool = (path) => [process.execPath, join(root, 'node_modules', path)];

const command = 'dist/cli/main.cjs';
/** What the command starts. */
const program = 'dist/cli/program.cjs';
/** Writes V8's code cache of it. */
export const cacheWriter = 'dist/cli/code-cache.cjs';
const modulesStamp = 'node_modules/.guesthead-lock';
const modulesDigest = () => digestOf(['package-lock.json']);

export const modules = {
  name: 'modules',
  isDone: () => isStamped(modulesStamp, modulesDigest()),
  async bring(tell) {
    tell('npm ci');
    await run(['npm', 'ci', '--include=dev', '--no-progress'], { advice: 'is the npm registry reachable from here?' });
    linkCommand();
    putStamp(modulesStamp, modulesDigest());
  },
};

/** npm links the commands of dependencies only; with this, `npx guesthead` runs the checkout itself. */
function linkCommand() {
  const link = join(root, 'node_modules/.bin/guesthead');
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(join('../..', command), link);
}

export const addonFile = 'native/build/Release/guesthead.node';
const addonStamp = 'native/build/guesthead-stamp';
const addonDigest = () =>
  digestOf(['native/binding.gyp', ...filesUnder('native', ['.cc', '.h'])], process.versions.modules, process.arch);

export const addon = {
  name: 'addon',
  isDone: () => existsSync(join(root, addonFile)) && isStamped(addonStamp, addonDigest()),
  async bring(tell) {
    tell('node-gyp rebuild');
    const digest = addonDigest();
    await rebuildAddon('native');
    putStamp(addonStamp, digest);
  },
};

/** Compiles the addon whose binding.gyp is in `folder`, a path in the checkout, with the compilers that `env` names. */
export async function rebuildAddon(folder, options = [], env = {}) {
  const gyp = [...tool('node-gyp/bin/node-gyp.js'), 'rebuild', '-C', folder, '-j', 'max', ...localHeaders()];
  const advice = 'the addon in native/ did not build; it needs a g++ that knows C++17';
  await run([...gyp, ...options, '--', ...asShipped(env.CXX)], { advice, env });
}

/** As it is linked for the package, so that the tests run on what is shipped; some distributions have no static C++ library. */
function asShipped(compiler = process.env.CXX ?? 'g++') {
  const { stdout } = spawnSync(compiler, ['-print-file-name=libstdc++.a'], { encoding: 'utf8' });
  return isAbsolute(stdout?.trim() ?? '') ? ['-Dportable=1'] : [];
}

/** The headers that came with this very Node, where they did; node-gyp would download the same. */
function localHeaders() {
  const prefix = dirname(dirname(process.execPath));
  const versionFile = join(prefix, 'include/node/node_version.h');
  if (!existsSync(versionFile)) return [];
  const text = readFileSync(versionFile, 'utf8');
  const parts = ['MAJOR', 'MINOR', 'PATCH'].map((part) => text.match(`NODE_${part}_VERSION (\\d+)`)?.[1]);
  return parts.join('.') === process.versions.node ? [`--nodedir=${prefix}`] : [];
}

const buildStamp = 'dist/.guesthead-stamp';
const buildDigest = () =>
  digestOf([
    'tsconfig.json',
    'tsconfig.build.json',
    'package-lock.json',
    'scripts/setup/bundle.mjs',
    ...filesUnder('src', ['.ts', '.css']),
  ]);

export const build = {
  name: 'build',
  isDone: () => existsSync(join(root, command)) && isStamped(buildStamp, buildDigest()),
  async bring(tell) {
    tell('tsc');
    const digest = buildDigest();
    rmSync(join(root, 'dist'), { recursive: true, force: true }); // nothing of a deleted source may stay behind
    await run([...tool('typescript-native/bin/tsc'), '-p', 'tsconfig.build.json'], {
      advice: 'mend src/, then try again',
    });
    tell('esbuild');
    await bundleCommand();
    putStamp(buildStamp, digest);
  },
};

async function bundleCommand() {
  const { bundleWhole, bundleForPage } = await import('./bundle.mjs'); // needs the step "modules" first
  rmSync(join(root, dirname(command)), { recursive: true });
  await bundleWhole('src/cli/start.ts', command);
  await bundleWhole('src/cli/main.ts', program);
  await bundleWhole('src/cli/code-cache.ts', cacheWriter);
  await bundleWhole('src/probe/gl/child.ts', 'dist/probe/gl-child.cjs');
  bundleForPage('src/report/html/client/main.ts', 'dist/report/html/client.js');
  copyFileSync(join(root, 'src/report/html/page.css'), join(root, 'dist/report/html/page.css'));
  chmodSync(join(root, command), 0o755);
  writeCodeCache();
}

function writeCodeCache() {
  spawnSync(process.execPath, [join(root, cacheWriter)]);
}
