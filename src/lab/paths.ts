/** Where the lab keeps what outlives a run, and finds what it is made of. */
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
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

export interface Kernel {
  /** The bootable image. */
  readonly image: string;
  readonly release: string;
  /** The folder above `lib/modules`, as `modprobe -d` takes it. */
  readonly moduleRoot: string;
}

/** The kernel asked for, or the one that the set-up put into `.lab/`. */
export function locateKernel(image?: string): Kernel {
  if (image !== undefined) return kernelOf(resolve(image));
  const moduleRoot = join(cacheDir, 'kernel');
  const stamp = join(moduleRoot, 'release');
  if (!existsSync(stamp)) throw new GuestheadError('ERR_LAB', 'The lab has no kernel yet', { advice: setupAdvice });
  const release = readFileSync(stamp, 'utf8').trim();
  return { image: join(moduleRoot, 'lib/modules', release, 'vmlinuz'), release, moduleRoot };
}

/** `…/lib/modules/RELEASE/vmlinuz`, or `/boot/vmlinuz-RELEASE` with its modules in `/`. */
function kernelOf(image: string): Kernel {
  const folder = dirname(image);
  const inModules = basename(dirname(folder)) === 'modules';
  const release = inModules ? basename(folder) : basename(image).replace(/^[^-]*-/, '');
  const moduleRoot = inModules ? resolve(folder, '../../..') : '/';
  const modules = join(moduleRoot, 'lib/modules', release);
  if (!existsSync(image) || !existsSync(modules) || readdirSync(modules).length === 0)
    throw new GuestheadError('ERR_USAGE', `No kernel image with modules at ${image}`, {
      advice: `expected the image and its modules in ${modules}; leave --kernel out for the set-up's own kernel`,
    });
  return { image, release, moduleRoot };
}
