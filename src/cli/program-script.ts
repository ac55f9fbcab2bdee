/** The command as one file, `program.cjs`, which is beside whatever uses this, and V8's code cache of it. */
import { readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';

export const program = fileURLToPath(new URL('program.cjs', import.meta.url));
export const cache = fileURLToPath(new URL('program.cache', import.meta.url));

/** As Node wraps it. The bundle is ASCII. */
export const programSource = (): string => Module.wrap(readFileSync(program, 'latin1'));

/** A cache fits only what was compiled in the same way. */
export function compileProgram(source: string, cachedData?: Buffer): Script {
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  return new Script(source, { filename: program, importModuleDynamically, ...(cachedData && { cachedData }) });
}

type Wrapped = (...names: readonly unknown[]) => void;

export function begin(script: Script): void {
  const own = { exports: {} };
  (script.runInThisContext() as Wrapped)(own.exports, createRequire(program), own, program, dirname(program));
}
