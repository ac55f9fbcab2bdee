/** Puts the modules that the guest loads into the run's folder, where its init finds them before anything else runs. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { GuestheadError } from '../../errors.js';
import { drivers, type Kernel } from './locate.js';
import { moduleInfo, readModule } from './module-file.js';

/** Loaded first where they are modules: what the lab itself works with. */
const ofTheLab = ['virtio_console', 'overlay'];

/** Of input devices: QEMU's, their nodes, and those that programs make. */
export const inputDrivers = ['virtio_input', 'evdev', 'uinput'];

/** The names in `folder` sort in the order of loading. A module that nothing here unpacks is left to the kernel. */
export function stageModules({ modules, release }: Kernel, folder: string, others: readonly string[] = []): void {
  mkdirSync(folder);
  const files = modules?.loadOrder([...ofTheLab, ...drivers, ...others]) ?? [];
  for (const [index, path] of files.entries()) {
    const elf = readModule(path);
    const name = `${String(index).padStart(2, '0')}-${basename(path)}`;
    if (elf === undefined) {
      copyFileSync(path, join(folder, name));
    } else {
      requireSameBuild(path, elf, release);
      writeFileSync(join(folder, extname(name) === '.ko' ? name : basename(name, extname(name))), elf);
    }
  }
}

/** The kernel too compares the releases, except where each symbol has a version of its own. */
function requireSameBuild(path: string, elf: Buffer, release: string): void {
  const [builtFor = '', ...others] = moduleInfo(elf).vermagic.split(' ');
  if (builtFor === '' || builtFor === release || others.includes('modversions')) return;
  throw new GuestheadError('ERR_LAB', `${path} is of Linux ${builtFor}, and the image is Linux ${release}`, {
    advice: 'build image and modules together (`make`), and install the modules again where they were installed',
  });
}
