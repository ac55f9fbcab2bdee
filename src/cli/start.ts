#!/usr/bin/env node
/**
 * Starts `program.cjs` beside it. Where the build has left V8's code cache of it (`code-cache.ts`), Node need not compile it: in an
 * emulated guest, a third of the time until the first flip. A cache of another V8, or of one with other flags, is rejected by V8 itself.
 */
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { begin, cache, compileProgram, program, programSource } from './program-script.js';

/** Node's newer versions keep caches of their own, in the user's folder for temporary files. */
interface CachingModule {
  readonly enableCompileCache?: () => unknown;
}

function start(): void {
  const cachedData = read(cache);
  const script = cachedData && compileProgram(programSource(), cachedData);
  if (script !== undefined && script.cachedDataRejected !== true) {
    begin(script);
    return;
  }
  (nodeModule as CachingModule).enableCompileCache?.();
  nodeModule.createRequire(program)(program);
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

start();
