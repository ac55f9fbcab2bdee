/** The host's own kernel, for systems whose package manager does not bring the lab's. */
import { accessSync, constants } from 'node:fs';
import { release as runningRelease } from 'node:os';
import { join } from 'node:path';
import { ModuleFolder } from './module-folder.js';

/** The first whose virtio-gpu imports buffers of others. */
const oldest = [6, 14] as const;

/** What has to be built in, because the guest boots from the share without an initial RAM disk. */
const builtIn = ['virtiofs', 'virtio_pci'];
/** As modules or built in. */
const wanted = ['virtio-gpu', 'vgem', 'overlay'];

export interface HostFiles {
  readonly release: string;
  /** Above lib/modules and boot. */
  readonly root: string;
  readonly hasApt: boolean;
}

export interface HostKernel {
  readonly image: string;
  readonly release: string;
  readonly modules: ModuleFolder;
}

/** Undefined where apt brings the lab's, which is known to work, and where the host's lacks something. */
export function fitHostKernel({ release, root, hasApt }: HostFiles = thisHost()): HostKernel | undefined {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  if (hasApt || major < oldest[0] || (major === oldest[0] && minor < oldest[1])) return undefined;
  const folder = join(root, 'lib/modules', release);
  const image = [join(folder, 'vmlinuz'), join(root, `boot/vmlinuz-${release}`)].find(isReadable);
  if (image === undefined) return undefined;
  const modules = new ModuleFolder(folder, 'installed');
  const isFit = builtIn.every((name) => modules.isBuiltIn(name)) && wanted.every((name) => modules.has(name));
  return isFit ? { image, release, modules } : undefined;
}

function thisHost(): HostFiles {
  return { release: runningRelease(), root: '/', hasApt: isReadable('/usr/bin/apt-get') };
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
