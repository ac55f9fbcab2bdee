/** The lab's small C programs, compiled once and cached by their source. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { GuestheadError, messageOf } from '../errors.js';
import { cacheDir, findProgram } from './paths.js';
import { packageRoot } from '../package-root.js';

const run = promisify(execFile);
const flags = ['-O2', '-Wall', '-Wextra', '-Werror'];

/** PID 1 of the guest. */
export function buildInit(): Promise<string> {
  return compileTool(ours('init.c'), 'init', ['-lutil']);
}

/** What answers for /dev/udmabuf on a host without one. */
export function buildUdmabufStandIn(): Promise<string> {
  return compileTool(ours('udmabuf-stand-in.c'), 'udmabuf-stand-in.so', ['-shared', '-fPIC', '-ldl']);
}

const ours = (source: string) => join(packageRoot, 'src/lab/guest', source);

/** Compiles the C file `from` into `.lab/tools` unless that very source was, and returns the path of `target` there. */
export async function compileTool(from: string, target: string, extra: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const text of await withIncludes(from)) hash.update(text);
  const folder = join(cacheDir, 'tools', hash.digest('hex').slice(0, 12));
  const made = join(folder, target);
  if (existsSync(made)) return made;
  await mkdir(folder, { recursive: true });
  const unfinished = `${made}.${process.pid}`;
  try {
    await run(findProgram('gcc', 'gcc'), [...flags, '-o', unfinished, from, ...extra]);
  } catch (cause) {
    throw new GuestheadError('ERR_LAB', `Could not compile ${basename(from)}: ${messageOf(cause)}`, { cause });
  }
  await rename(unfinished, made); // whole or not there, also for a lab beside this one
  return made;
}

/** The text of a C file and of the files beside it that it includes. */
async function withIncludes(from: string): Promise<string[]> {
  const text = await readFile(from, 'utf8');
  const names = [...text.matchAll(/^#include "(.+)"$/gm)].map(([, name = '']) => name);
  return [text, ...(await Promise.all(names.map((name) => readFile(join(dirname(from), name), 'utf8'))))];
}
