/** Libraries in C that tests put in another's place. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The library made of `NAME.c` beside this file, in `folder`. Test files run side by side: it appears whole, by a rename. */
export function compiled(name: string, folder: string): string {
  const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
  const library = join(folder, `${name}.so`);
  const built = statSync(library, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built > statSync(source).mtimeMs) return library;
  mkdirSync(folder, { recursive: true });
  const fresh = `${library}.${process.pid}`;
  const warnings = ['-Wall', '-Wextra', '-Wno-unused-parameter'];
  execFileSync('cc', ['-shared', '-fPIC', '-O1', ...warnings, source, '-o', fresh, '-ldl']);
  renameSync(fresh, library);
  return library;
}
