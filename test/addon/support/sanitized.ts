/** A build of the addon with ASan and UBSan, and how to run Node with it. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { folderVariable, root } from './addon.js';
import type { ChildOptions } from './child.js';

const native = join(root, 'native');
const folder = join(native, 'build-asan');
const stamp = join(folder, 'stamp');

/**
 * Builds it unless these sources were built before. node-gyp knows only one
 * build folder, `build` beside binding.gyp: so a folder of links to the sources
 * gets its own.
 */
export async function buildSanitized(): Promise<void> {
  const digest = digestOf(native);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const name of sourcesIn(native)) symlinkSync(join('..', name), join(folder, name));
  const gyp = join(root, 'node_modules/node-gyp/bin/node-gyp.js');
  const args = [gyp, 'rebuild', '-C', folder, '-j', 'max', ...localHeaders(), '--', '-Dsanitize=1'];
  await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 2 ** 26 });
  writeFileSync(stamp, digest);
}

/** A Node that was installed with its headers needs no download. */
function localHeaders(): string[] {
  const prefix = join(process.execPath, '../..');
  return existsSync(join(prefix, 'include/node/node_api.h')) ? ['--nodedir', prefix] : [];
}

const sourcesIn = (path: string): string[] =>
  readdirSync(path).filter((name) => !name.startsWith('build') && !name.startsWith('prebuilds'));

function digestOf(path: string): string {
  const hash = createHash('sha256').update(process.version);
  const add = (name: string): void => {
    const file = join(path, name);
    hash.update(`\0${name}\0`).update(readFileSync(file));
  };
  add('binding.gyp');
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!name.startsWith('build') && /\.(cc|h)$/.test(name)) add(name);
  }
  return hash.digest('hex');
}

const library = (name: string): string =>
  execFileSync('gcc', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();

/** Reports go to files `${reports}.PID`; an error ends the process, a leak is only reported, for Node itself has some. */
export function sanitizedOptions(reports: string): ChildOptions {
  const asan = [
    'detect_leaks=1',
    'abort_on_error=0',
    'exitcode=86',
    `log_path=${reports}`,
    'detect_stack_use_after_return=0',
    // The traces of all that Node allocates, and what it has freed, kept: a third of the time of these tests.
    'malloc_context_size=12',
    'quarantine_size_mb=32',
  ];
  return {
    env: {
      [folderVariable]: folder,
      ASAN_OPTIONS: asan.join(':'),
      LSAN_OPTIONS: 'exitcode=0',
      UBSAN_OPTIONS: `print_stacktrace=1:log_path=${reports}`,
    },
    preload: [library('libasan.so'), library('libubsan.so')],
    limitMs: 300_000,
  };
}

/** The parts of a report that concern the addon: any error, and the leaks of what it allocated. */
export function complaintsOf(report: string): string[] {
  return report.split(/\n\n/).filter((part) => {
    if (/^(Direct|Indirect) leak of/m.test(part)) return isOurLeak(part);
    return /ERROR: AddressSanitizer|runtime error:/.test(part);
  });
}

/**
 * Ours is what the addon allocates, also by way of Node-API; but neither the
 * pages of V8's heap, which V8 never frees at a process.exit(), nor what
 * JavaScript allocates that the addon calls.
 */
function isOurLeak(leak: string): boolean {
  const frames = leak.split('\n');
  const ours = frames.findIndex((frame) => /guesthead(::|\.node)/.test(frame));
  return ours >= 0 && !frames.slice(0, ours).some((frame) => /v8::internal::|Builtins_JSEntry/.test(frame));
}
