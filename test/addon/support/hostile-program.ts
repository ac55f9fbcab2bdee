/** The program of test/kiosk/hostile: `PROGRAM SOCKET MODE`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './addon.js';

const sources = join(root, 'test/kiosk/hostile');
const folder = join(root, 'native/build-tests');

/** Built once for these sources. Test files run side by side: it appears whole, by a rename. */
export function hostileProgram(): string {
  const target = join(folder, 'hostile');
  const built = statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const files = readdirSync(sources).map((name) => join(sources, name));
  if (files.every((file) => statSync(file).mtimeMs < built)) return target;
  mkdirSync(folder, { recursive: true });
  const fresh = `${target}.${process.pid}`;
  const warnings = ['-Wall', '-Wextra', '-Wno-missing-field-initializers', '-Werror'];
  execFileSync('cc', ['-O1', ...warnings, ...files.filter((file) => file.endsWith('.c')), '-o', fresh]);
  renameSync(fresh, target);
  return target;
}
