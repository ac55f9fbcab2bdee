/**
 * The tree of files that the guest has as its root: the host's, or another distribution's, which `--root` names. Into that come
 * guesthead, as it is here, and Node: the tree's own where it has one that serves, else the host's where it runs there.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { errnoOf, GuestheadError, messageOf } from '../errors.js';
import { packageRoot } from '../package-root.js';
import type { RunFiles } from './machine.js';
import { findSandbox, sandboxUser } from './share.js';

const run = promisify(execFile);
const usualSearchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface Root {
  readonly tree: string;
  /** Folders of the host that it has to have besides, at the same paths. */
  readonly binds: readonly string[];
  /** The host's Node, to be copied for the guest. */
  readonly node?: string;
  /** Where the guest looks for commands, after those of the run. */
  readonly searchPath: string;
  /** For people to read; none for the host's root. */
  readonly description?: string;
}

/** Runs a program in a tree, with mounts beside it; resolves to what it printed, and rejects with its `stderr`. */
export type RunInTree = (tree: string, mounts: readonly string[], words: readonly string[]) => Promise<string>;

/** Throws ERR_USAGE for a folder that is no root, or in which no Node runs. */
export async function chooseRoot(folder?: string, runInTree: RunInTree = inTree): Promise<Root> {
  if (folder === undefined)
    return { tree: '/', binds: [], searchPath: `${dirname(process.execPath)}:${usualSearchPath}` };
  const tree = treeAt(folder);
  const own = await nodeIn(tree, runInTree);
  const base = { tree, binds: [packageFolder()], searchPath: usualSearchPath };
  const name = `the root is ${tree} (${distribution(tree)})`;
  if (own !== undefined && serves(own)) return { ...base, description: `${name}, with its own Node ${own}` };
  await requireHostNode(tree, own, runInTree);
  return { ...base, node: process.execPath, description: `${name}, with this machine's Node ${process.versions.node}` };
}

/** What the guest has on its PATH beside the root's programs. */
export function fillBin({ bin }: RunFiles, { node }: Root): void {
  mkdirSync(bin);
  symlinkSync(join(packageRoot, 'dist/cli/main.cjs'), join(bin, 'guesthead'));
  if (node !== undefined) copyFileSync(node, join(bin, 'node'));
}

function treeAt(folder: string): string {
  try {
    const tree = realpathSync(folder);
    if (existsSync(join(tree, 'bin/sh')) || existsSync(join(tree, 'usr/bin/sh'))) return tree;
  } catch (cause) {
    throw new GuestheadError('ERR_USAGE', `No folder ${folder} to take as the root`, {
      ...{ operation: 'realpath', errno: errnoOf(cause), cause },
      advice: `make one: mmdebstrap --variant=minbase --include=${debianPackages} trixie ${folder}`,
    });
  }
  throw new GuestheadError('ERR_USAGE', `${folder} is no root of a distribution: it has no bin/sh`, {
    advice: `make one: mmdebstrap --variant=minbase --include=${debianPackages} trixie ${folder}`,
  });
}

const debianPackages = 'nodejs,libdrm2,libgbm1,libegl1,libgles2,libgl1-mesa-dri';

/** Its dependencies lie beside it where it is installed. */
function packageFolder(): string {
  const end = packageRoot.indexOf('/node_modules/');
  return end < 0 ? packageRoot : packageRoot.slice(0, end + '/node_modules'.length);
}

function distribution(tree: string): string {
  const file = ['usr/lib/os-release', 'etc/os-release']
    .map((path) => join(tree, path))
    .find((path) => existsSync(path));
  const text = file === undefined ? '' : readFileSync(file, 'utf8');
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(text)?.[1] ?? 'of no name';
}

/** The version, where the tree has a Node that starts. */
async function nodeIn(tree: string, runInTree: RunInTree): Promise<string | undefined> {
  const words = ['env', `PATH=${usualSearchPath}`, 'node', '--version'];
  const stdout = await runInTree(tree, [], words).catch(() => '');
  return /^v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
}

async function requireHostNode(tree: string, own: string | undefined, runInTree: RunInTree): Promise<void> {
  try {
    await runInTree(tree, ['--ro-bind', process.execPath, '/run/node'], ['/run/node', '--version']);
  } catch (cause) {
    const found = own === undefined ? 'has no Node' : `has Node ${own}, which is too old`;
    throw new GuestheadError(
      'ERR_USAGE',
      `${tree} ${found}, and this machine's does not run there: ${reasonOf(cause)}`,
      {
        cause,
        advice: `install Node in it: ${engines.map(([major, minor]) => `${major}.${minor} or later`).join(', ')}`,
      },
    );
  }
}

/** The program says why before bwrap does. */
function reasonOf(cause: unknown): string {
  const { stderr = '' } = cause as { stderr?: string };
  return stderr.trim().split('\n')[0] ?? messageOf(cause);
}

async function inTree(tree: string, mounts: readonly string[], words: readonly string[]): Promise<string> {
  const devices = ['--dev', '/dev', '--proc', '/proc', '--tmpfs', '/run'];
  const sandbox = [...sandboxUser(), '--ro-bind', tree, '/', ...devices, ...mounts];
  return (await run(findSandbox(), [...sandbox, '--', ...words])).stdout;
}

/** As package.json has them: of a major from this minor on, and every major after the last. */
const engines = [
  [20, 19],
  [22, 12],
  [24, 0],
] as const;

export function serves(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || engines.some(([known, from]) => major === known && minor >= from);
}
