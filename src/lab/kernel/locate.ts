/** Which kernel the guest boots and where its modules lie: from an image, a build tree or a folder that a user names. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { GuestheadError } from '../../errors.js';
import { setupKernel } from '../paths.js';
import { bootImageOf } from './boot-image.js';
import { fitHostKernel } from './host.js';
import { releaseOf } from './image.js';
import { ModuleFolder } from './module-folder.js';

/** What the lab cannot do without, as modules or built in. */
export const drivers = ['virtio-gpu', 'vgem'];

export interface KernelWishes {
  /** An image, a build tree, or a folder into which a package was unpacked; default: the set-up's own kernel, or the host's where no apt brings that. */
  readonly kernel?: string | undefined;
  /** What `make modules_install INSTALL_MOD_PATH=…` wrote to, or a build tree; default: where the kernel has them. */
  readonly modules?: string | undefined;
}

export interface Kernel {
  /** The bootable image. */
  readonly image: string;
  readonly release: string;
  /** None where no driver was found: all may be built in. */
  readonly modules: ModuleFolder | undefined;
  /** The build tree that the image lies in. */
  readonly tree: string | undefined;
  /** Whether a user named it; the set-up's is known to have all that the lab needs. */
  readonly isNamed: boolean;
}

/** Throws ERR_USAGE for what is not there or is no kernel, ERR_LAB where the set-up has not run. */
export function locateKernel({ kernel, modules }: KernelWishes): Kernel {
  if (kernel !== undefined) return namedKernel(resolve(kernel), modules);
  if (modules !== undefined)
    throw new GuestheadError('ERR_USAGE', '--modules goes with --kernel', { advice: 'name the kernel too' });
  const host = fitHostKernel();
  if (host !== undefined) return { ...host, tree: undefined, isNamed: true };
  const { image, release } = setupKernel();
  return {
    image: bootImageOf(image),
    release,
    modules: new ModuleFolder(dirname(image), 'installed'),
    tree: undefined,
    isNamed: false,
  };
}

function namedKernel(path: string, modules: string | undefined): Kernel {
  const image = isFolder(path) ? imageIn(path) : path;
  const release = releaseOf(image);
  const tree = treeOf(image);
  const found = modules === undefined ? modulesFor(image, release, tree) : namedModules(resolve(modules), release);
  return { image, release, modules: found, tree, isNamed: true };
}

const treeImage = 'arch/x86/boot/bzImage';

function imageIn(folder: string): string {
  const inModules = libModules(folder).flatMap((modules) => below(modules).map((name) => join(name, 'vmlinuz')));
  const inBoot = below(join(folder, 'boot')).filter((path) => basename(path).startsWith('vmlinuz'));
  const candidates = [join(folder, treeImage), join(folder, 'vmlinuz'), ...inBoot, ...inModules].filter(existsSync);
  const [image, ...others] = new Set(candidates.map((path) => realpathSync(path)));
  if (image === undefined) throw noImageIn(folder);
  if (others.length === 0) return image;
  throw new GuestheadError('ERR_USAGE', `${folder} has several kernels: ${[image, ...others].join(', ')}`, {
    advice: 'name one of them',
  });
}

function noImageIn(folder: string): GuestheadError {
  if (!isTree(folder))
    return new GuestheadError('ERR_USAGE', `No kernel image in ${folder}`, {
      advice: 'give an image, a build tree, or a folder with boot/vmlinuz-RELEASE',
    });
  return new GuestheadError('ERR_USAGE', `The kernel tree ${folder} has no ${treeImage}`, {
    advice: 'build it (`make`); where it was built with O=DIR, give that folder',
  });
}

/** Sources, or the output folder of a build: there is a .config in each that was ever configured. */
function isTree(folder: string): boolean {
  const has = (name: string) => existsSync(join(folder, name));
  return has('.config') || has(treeImage) || (has('Makefile') && has('Kconfig'));
}

function treeOf(image: string): string | undefined {
  const real = realpathSync(image);
  return real.endsWith(`/${treeImage}`) ? real.slice(0, -treeImage.length - 1) : undefined;
}

/** The first of the usual places that has the most of the drivers. */
function modulesFor(image: string, release: string, tree: string | undefined): ModuleFolder | undefined {
  const folder = dirname(image);
  const roots = [folder, dirname(folder), '/'];
  const installed = [
    ...(basename(folder) === release ? [folder] : []),
    ...roots.flatMap(libModules).map((modules) => join(modules, release)),
  ];
  const candidates = [
    ...(tree === undefined ? [] : [new ModuleFolder(tree, 'tree')]),
    ...installed.filter(isFolder).map((path) => new ModuleFolder(path, 'installed')),
  ];
  const found = (modules: ModuleFolder) => drivers.filter((driver) => modules.has(driver)).length;
  const [best] = candidates.sort((one, other) => found(other) - found(one));
  return best !== undefined && found(best) > 0 ? best : undefined;
}

function namedModules(folder: string, release: string): ModuleFolder {
  if (!isFolder(folder)) throw new GuestheadError('ERR_USAGE', `No folder of modules at ${folder}`, { advice });
  const ofRelease = [...libModules(folder), folder].map((modules) => join(modules, release)).find(isFolder);
  if (ofRelease !== undefined) return new ModuleFolder(ofRelease, 'installed');
  if (basename(folder) === release) return new ModuleFolder(folder, 'installed');
  if (isTree(folder)) return new ModuleFolder(folder, 'tree');
  const others = libModules(folder)
    .flatMap(below)
    .map((path) => basename(path));
  const instead = others.length === 0 ? '' : `; it has those of ${others.join(', ')}`;
  throw new GuestheadError('ERR_USAGE', `${folder} has no modules of Linux ${release}${instead}`, { advice });
}

const advice =
  'give what `make modules_install INSTALL_MOD_PATH=DIR` wrote to, in the tree that this very image was built in, or the tree itself';

/** `lib` is a link to `usr/lib` in most roots, and missing in some packages. */
function libModules(root: string): string[] {
  const folders = ['lib/modules', 'usr/lib/modules'].map((name) => join(root, name)).filter(isFolder);
  const [first, second] = folders;
  return first !== undefined && second !== undefined && realpathSync(first) === realpathSync(second)
    ? [first]
    : folders;
}

function below(folder: string): string[] {
  return isFolder(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
