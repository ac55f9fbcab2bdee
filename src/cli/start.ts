#!/usr/bin/env node
/**
 * Starts `program.cjs` beside it. Where the build has left V8's code cache of it (`code-cache.ts`), Node need not compile it: a
 * kiosk's first frame took 2.9 s with it in an emulated guest, and 4.8 without. A cache of another V8, or of one with other flags, is rejected by V8 itself.
 */
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import type { Addon } from '../native/index.js';
import { begin, cache, compileProgram, program, programSource } from './program-script.js';

/** Node's newer versions keep caches of their own, in the user's folder for temporary files. */
interface CachingModule {
  readonly enableCompileCache?: () => unknown;
}

const [, , command = '', ...words] = process.argv;
/** Help opens none, and would wait for the thread at its end. */
const opensGpu = ['run', 'kiosk', 'share'].includes(command) && !words.some((word) => /^(-h|--help)$/.test(word));

function start(): void {
  if (opensGpu) loadDriverAhead();
  const cachedData = read(cache);
  const script = cachedData && compileProgram(programSource(), cachedData);
  if (script !== undefined && script.cachedDataRejected !== true) {
    begin(script);
    return;
  }
  (nodeModule as CachingModule).enableCompileCache?.();
  nodeModule.createRequire(program)(program);
}

/** V8 reads the program meanwhile, and nothing in it waits for the dynamic linker for a while. */
function loadDriverAhead(): void {
  const require = nodeModule.createRequire(program);
  try {
    const findAndLoad = require('node-gyp-build') as (dir: string) => Pick<Addon, 'loadDriverAhead'>;
    findAndLoad(join(dirname(program), '../../native')).loadDriverAhead();
  } catch {
    // whoever needs the addon says what is the matter
  }
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

start();
