/** The lab's small C programs: prebuilt in the package, compiled once elsewhere, and known by their source. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { errnoOf, GuestheadError, messageOf } from '../errors.js';
import { cacheDir, findProgram } from './paths.js';
import { packageRoot } from '../package-root.js';

const run = promisify(execFile);
const flags = ['-O2', '-Wall', '-Wextra', '-Werror'];

/** A C file of the package's own, and how it is compiled. */
interface Tool {
  readonly source: string;
  readonly target: string;
  readonly extra: readonly string[];
}

/** PID 1 of the guest; static, for a root may have another C library or none. */
const init: Tool = { source: 'init.c', target: 'init', extra: ['-static', '-lutil', '-pthread'] };
/** What answers for /dev/udmabuf on a host without one. */
const udmabufStandIn: Tool = {
  source: 'udmabuf-stand-in.c',
  target: 'udmabuf-stand-in.so',
  extra: ['-shared', '-fPIC', '-ldl'],
};

export const buildInit = () => findOrCompile(init);
export const buildUdmabufStandIn = () => findOrCompile(udmabufStandIn);

async function findOrCompile(tool: Tool): Promise<string> {
  const prebuilt = await prebuiltPath(tool);
  return existsSync(prebuilt) ? prebuilt : compile(tool);
}

/** Compiles the tools for the package: what was made, and where it is looked for. */
export function toolsToShip(): Promise<{ from: string; to: string }[]> {
  return Promise.all(
    [init, udmabufStandIn].map(async (tool) => ({ from: await compile(tool), to: await prebuiltPath(tool) })),
  );
}

/** The digest in its name ties the file to its source: a checkout's changed source is compiled. */
async function prebuiltPath({ source, target, extra }: Tool): Promise<string> {
  const digest = await digestOf(sourcePath(source), extra);
  return join(packageRoot, `native/prebuilds/lab-linux-${process.arch}`, `${target}.${digest}`);
}

const compile = ({ source, target, extra }: Tool) => compileTool(sourcePath(source), target, extra);
const sourcePath = (source: string) => join(packageRoot, 'src/lab/guest', source);

/** Compiles the C file `from` into `.lab/tools` unless that very source was, and returns the path of `target` there. */
export async function compileTool(from: string, target: string, extra: readonly string[]): Promise<string> {
  const folder = join(cacheDir, 'tools', await digestOf(from, extra));
  const made = join(folder, target);
  if (existsSync(made)) return made;
  await mkdir(folder, { recursive: true });
  const unfinished = `${made}.${process.pid}`;
  const args = [...flags, '-o', unfinished, from, ...extra];
  try {
    if (!extra.includes('-static') || !(await compileSmall(args))) await run(findProgram('gcc', 'gcc'), args);
  } catch (cause) {
    throw new GuestheadError('ERR_LAB', `Could not compile ${basename(from)}: ${messageOf(cause)}`, { cause });
  }
  await rename(unfinished, made); // whole or not there, also for a lab beside this one
  return made;
}

/** With musl's C library a static program is a tenth as large. False where it is not there: the system's own does as well. */
async function compileSmall(args: readonly string[]): Promise<boolean> {
  const headers = [
    '-idirafter',
    '/usr/include',
    '-idirafter',
    `/usr/include/${process.arch === 'x64' ? 'x86_64' : 'aarch64'}-linux-gnu`,
  ];
  try {
    await run('musl-gcc', [...headers, ...args]);
    return true;
  } catch (error) {
    if (errnoOf(error) === constants.errno.ENOENT) return false;
    throw error;
  }
}

/** Of the source and of how it is compiled. */
async function digestOf(from: string, extra: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update([...flags, ...extra].join('\0'));
  for (const text of await withIncludes(from)) hash.update(text);
  return hash.digest('hex').slice(0, 12);
}

/** The text of a C file and of the files beside it that it includes. */
async function withIncludes(from: string): Promise<string[]> {
  const text = await readFile(from, 'utf8');
  const names = [...text.matchAll(/^#include "(.+)"$/gm)].map(([, name = '']) => name);
  return [text, ...(await Promise.all(names.map((name) => readFile(join(dirname(from), name), 'utf8'))))];
}
