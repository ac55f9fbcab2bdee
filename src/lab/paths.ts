/** Where the lab keeps what outlives a run, and finds what it is made of. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { GuestheadError } from '../errors.js';

const asked = process.env['XDG_CACHE_HOME'] ?? '';

/** The user's, shared by all checkouts and versions; scripts/setup/cache.mjs says the same to a checkout without a build. */
export const cacheDir = join(isAbsolute(asked) ? asked : join(homedir(), '.cache'), 'guesthead/lab');
export const kernelDir = join(cacheDir, 'kernel-3');

const setupAdvice = 'run `guesthead lab setup`';

export function findProgram(name: string, debianPackage: string, alsoIn: readonly string[] = []): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', ...alsoIn];
  const found = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (found !== undefined) return found;
  throw new GuestheadError('ERR_LAB', `The lab needs ${name}`, {
    advice: `${setupAdvice}, or install the package ${debianPackage}`,
  });
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const stamp = join(kernelDir, 'release');

export function hasSetupKernel(): boolean {
  return existsSync(stamp);
}

/** The kernel that the set-up put into the cache. */
export function setupKernel(): { readonly image: string; readonly release: string } {
  if (!hasSetupKernel()) throw new GuestheadError('ERR_LAB', 'The lab has no kernel yet', { advice: setupAdvice });
  const release = readFileSync(stamp, 'utf8').trim();
  return { image: join(kernelDir, 'lib/modules', release, 'vmlinuz'), release };
}
