/** Programs in C that tests and benchmarks run. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The program `target` of `files`, made again where one of them is newer. Tests run side by side: it appears whole, by a rename. */
export function cProgram(target: string, files: readonly string[]): string {
  const built = statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (files.every((file) => statSync(file).mtimeMs < built)) return target;
  mkdirSync(dirname(target), { recursive: true });
  const fresh = `${target}.${process.pid}`;
  const warnings = ['-Wall', '-Wextra', '-Wno-missing-field-initializers', '-Werror'];
  execFileSync('cc', ['-O1', ...warnings, ...files.filter((file) => file.endsWith('.c')), '-o', fresh]);
  renameSync(fresh, target);
  return target;
}
