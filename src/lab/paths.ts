/** Where the lab keeps what outlives a run, and finds what it is made of. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { GuestheadError } from '../errors.js';
import { packageRoot } from '../package-root.js';

export const cacheDir = join(packageRoot, '.lab');

const setupAdvice = 'run `npm run setup` in the checkout';

export function findProgram(name: string, debianPackage: string, alsoIn: readonly string[] = []): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', ...alsoIn];
  const found = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (found !== undefined) return found;
  throw new GuestheadError('ERR_LAB', `The lab needs ${name}`, {
    advice: `${setupAdvice}, or install the package ${debianPackage}`,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The kernel that the set-up put into `.lab/`. */
export function setupKernel(): { readonly image: string; readonly release: string } {
  const moduleRoot = join(cacheDir, 'kernel');
  const stamp = join(moduleRoot, 'release');
  if (!existsSync(stamp)) throw new GuestheadError('ERR_LAB', 'The lab has no kernel yet', { advice: setupAdvice });
  const release = readFileSync(stamp, 'utf8').trim();
  return { image: join(moduleRoot, 'lib/modules', release, 'vmlinuz'), release };
}
