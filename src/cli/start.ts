#!/usr/bin/env node
/**
 * Starts `program.cjs` beside it. Where the build has left V8's code cache of it, Node need not compile it: in an emulated guest, a
 * quarter of the time until the first flip. A cache of another V8, or of one with other flags, is rejected by V8 itself.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';

const program = fileURLToPath(new URL('program.cjs', import.meta.url));
const cache = fileURLToPath(new URL('program.cache', import.meta.url));
/** Set by the build: commands, with semicolons between. They are run, and what they have needed is written to the cache as this process ends. */
const commands = process.env['GUESTHEAD_WRITE_CODE_CACHE']?.split(';');

type Wrapped = (...names: readonly unknown[]) => void;
/** Node's newer versions keep caches of their own, in the user's folder for temporary files. */
interface CachingModule {
  readonly enableCompileCache?: () => unknown;
}

function start(): void {
  const script = compiled();
  const require = nodeModule.createRequire(program);
  if (script === undefined) {
    (nodeModule as CachingModule).enableCompileCache?.();
    require(program);
    return;
  }
  const begin = () => {
    const own = { exports: {} };
    (script.runInThisContext() as Wrapped)(own.exports, require, own, program, dirname(program));
  };
  if (commands === undefined) begin();
  else runAll(commands, begin);
}

/** Each when the one before has ended. */
function runAll([command, ...others]: readonly string[], begin: () => void): void {
  if (command === undefined) return;
  process.argv.splice(2, Infinity, ...command.split(' '));
  process.once('beforeExit', () => runAll(others, begin));
  begin();
}

/** The program from the cache, or for it; undefined where Node's own way does as well. */
function compiled(): Script | undefined {
  const cachedData = commands === undefined ? read(cache) : undefined;
  if (cachedData === undefined && commands === undefined) return undefined;
  // The bundle is ASCII.
  const source = nodeModule.Module.wrap(readFileSync(program, 'latin1'));
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const script = new Script(source, { filename: program, importModuleDynamically, ...(cachedData && { cachedData }) });
  if (commands !== undefined) process.once('exit', () => writeFileSync(cache, script.createCachedData()));
  return script.cachedDataRejected === true ? undefined : script;
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

start();
