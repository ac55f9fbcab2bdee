/** Compiles the addons that guesthead loads, in the folders of their packages, with node-gyp. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GuestheadError } from '../errors.js';
import { packageRoot } from '../package-root.js';
import { findNodeGyp, findProgram } from './node-gyp.js';

export interface Part {
  /** As people know it. */
  readonly name: string;
  /** With its binding.gyp. */
  readonly folder: string;
}

/** What the builder does to the machine, and what a test puts in its place. */
export interface BuildTools {
  readonly parts: readonly Part[];
  readonly env: NodeJS.ProcessEnv;
  readonly loads: (folder: string) => boolean;
  readonly mayWrite: (folder: string) => boolean;
  /** Of the libraries whose headers are needed, by pkg-config's names. */
  readonly hasHeaders: (library: string) => boolean;
  /** Runs to the end; resolves to the exit status. */
  readonly run: (command: readonly string[]) => Promise<number>;
  readonly say: (line: string) => void;
}

export async function buildAddons({ force }: { force: boolean }, tools: BuildTools = here()): Promise<void> {
  const wanted = tools.parts.filter(({ folder }) => force || !tools.loads(folder));
  if (wanted.length === 0) {
    tools.say('all that is compiled loads here already; nothing to do (--force compiles it all the same)');
    return;
  }
  refuseUnwritable({ ...tools, parts: wanted });
  const nodeGyp = findNodeGyp(tools.env);
  refuseWithoutTools(tools);
  for (const part of wanted) await build(part, nodeGyp, tools);
}

async function build({ name, folder }: Part, nodeGyp: string, { run, loads, say }: BuildTools): Promise<void> {
  const headers = localHeaders();
  say(`compiling ${name} in ${folder}`);
  if (headers.length === 0)
    say(`node-gyp brings the headers of Node ${process.versions.node} first, where it has not got them`);
  const status = await run([process.execPath, nodeGyp, 'rebuild', '-C', folder, ...headers]);
  if (status !== 0)
    throw new GuestheadError('ERR_ADDON_MISSING', `Compiling ${name} failed: node-gyp ended with ${status}`, {
      advice:
        'mend what the compiler said last, above; Node’s headers must be reachable, or named by npm_config_nodedir',
    });
  if (!loads(folder))
    throw new GuestheadError('ERR_ADDON_MISSING', `${name} was compiled, and yet does not load`, {
      advice: `see why: node -p "require('node-gyp-build')('${folder}')"`,
    });
  say(`${name} is compiled, and loads`);
}

function refuseUnwritable({ parts, mayWrite }: BuildTools): void {
  const other = parts.find(({ folder }) => !mayWrite(folder));
  if (other === undefined) return;
  throw new GuestheadError(
    'ERR_PERMISSION',
    `This user may not write to ${other.folder}, where ${other.name} is compiled`,
    {
      advice: 'run the same command as the user who installed the package, for instance by sudo',
    },
  );
}

/** By pkg-config's names. The addon loads EGL and GLES itself, where it is to draw. */
const headers = { libdrm: 'libdrm', egl: 'EGL', glesv2: 'GLES' };

/** All that is missing at once, so that it is installed at once. */
function refuseWithoutTools({ env, hasHeaders }: BuildTools): void {
  const programs = [env['CXX'] ?? 'g++', 'make', env['PYTHON'] ?? 'python3', 'pkg-config'];
  const missing = programs.filter((name) => findProgram(name, env) === undefined);
  if (!missing.includes('pkg-config'))
    for (const [library, name] of Object.entries(headers))
      if (!hasHeaders(library)) missing.push(`the headers of ${name}`);
  if (missing.length === 0) return;
  const packages = [
    'apt-get install g++ make python3 pkg-config libdrm-dev libegl-dev libgles-dev (Debian, Ubuntu)',
    'dnf install gcc-c++ make python3 pkgconf-pkg-config libdrm-devel libglvnd-devel (Fedora)',
    'apk add g++ make python3 pkgconf libdrm-dev mesa-dev linux-headers (Alpine)',
  ];
  throw new GuestheadError('ERR_ADDON_MISSING', `Compiling needs ${missing.join(', ')}, which this machine lacks`, {
    advice: packages.join('; '),
  });
}

/** The headers that came with this very Node, where they did. */
function localHeaders(prefix = dirname(dirname(process.execPath))): string[] {
  const file = join(prefix, 'include/node/node_version.h');
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  const number = (name: string) => new RegExp(`^#define NODE_${name}_VERSION (\\d+)`, 'm').exec(text)?.[1] ?? '';
  const isOurs = ['MAJOR', 'MINOR', 'PATCH'].map(number).join('.') === process.versions.node;
  return isOurs ? [`--nodedir=${prefix}`] : [];
}

function here(): BuildTools {
  const ours = createRequire(join(packageRoot, 'package.json'));
  const ffi = dirname(ours.resolve('ffi-napi/package.json'));
  const ref = dirname(createRequire(join(ffi, 'package.json')).resolve('@makeomatic/ref-napi/package.json'));
  const finder = ours.resolve('node-gyp-build');
  return {
    parts: [
      { name: 'guesthead’s addon', folder: join(packageRoot, 'native') },
      { name: 'ref-napi', folder: ref },
      { name: 'ffi-napi', folder: ffi },
    ],
    env: process.env,
    // In a process of its own: an addon that is loaded stays so, and one that does not load may take its process along.
    loads: (folder) => {
      const script = `require(${JSON.stringify(finder)})(${JSON.stringify(folder)})`;
      return spawnSync(process.execPath, ['-e', script], { stdio: 'ignore' }).status === 0;
    },
    mayWrite,
    hasHeaders: (library) => spawnSync('pkg-config', ['--exists', library]).status === 0,
    run: async ([program = '', ...args]) => {
      const [status] = (await once(spawn(program, args, { stdio: ['ignore', 2, 2] }), 'close')) as [number | null];
      return status ?? 1;
    },
    say: (line) => process.stderr.write(`build-addon: ${line}\n`),
  };
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
