/** What a guest is made of, found before any of it is started. */
import { existsSync } from 'node:fs';
import { chooseAccelerator } from './accelerator.js';
import { requireOptions } from './kernel/config.js';
import { locateKernel, type Kernel, type KernelWishes } from './kernel/locate.js';
import type { Accelerator, MachineWishes } from './machine.js';
import { locateQemu, requireQemu, requireX64 } from './qemu.js';
import { chooseRoot, type Root } from './root.js';
import { writableFolders } from './share.js';

export interface PartsWishes extends KernelWishes, Pick<MachineWishes, 'blob'> {
  /** The program qemu-system-x86_64, or the folder in which QEMU was built; default: the one on the PATH. */
  readonly qemu?: string | undefined;
  /** Folders that the guest writes through to the host, besides the current one; `/` = everything that the user can write. */
  readonly writable?: readonly string[] | undefined;
  /** Another distribution's tree, which becomes the root below the scratch layer; default: the host's root. */
  readonly root?: string | undefined;
  /** Preloads the stand-in for the host's /dev/udmabuf; default: where the host has none. `refuseBuffers` needs it. */
  readonly udmabufStandIn?: boolean;
  /** Called with a line about each step. */
  readonly onProgress?: (line: string) => void;
}

export interface LabParts {
  /** The program that runs the guest. */
  readonly qemu: string;
  readonly kernel: Kernel;
  readonly accelerator: Accelerator;
  readonly root: Root;
  /** Real paths. */
  readonly writable: readonly string[];
  readonly hasUdmabufStandIn: boolean;
  /** For people to read. */
  readonly standIns: readonly string[];
}

/** Throws ERR_LAB or ERR_USAGE with what is missing. */
export async function findParts(wishes: PartsWishes): Promise<LabParts> {
  requireX64();
  const qemu = locateQemu(wishes.qemu);
  if (wishes.qemu !== undefined) await requireQemu(qemu);
  const kernel = locateKernel(wishes);
  if (kernel.isNamed) for (const lack of requireOptions(kernel)) wishes.onProgress?.(lack);
  const accelerator = await chooseAccelerator({ qemu, image: kernel.image });
  const hasUdmabufStandIn = wishes.udmabufStandIn ?? !existsSync('/dev/udmabuf');
  const standIns = [
    'vgem stands in for the headless GPU (Mesa warns that it has no driver for it, and takes its software renderer)',
  ];
  if (hasUdmabufStandIn && wishes.blob !== false)
    standIns.push("a preloaded library stands in for the host's /dev/udmabuf");
  const writable = writableFolders(wishes.writable);
  const root = await chooseRoot(wishes.root);
  return { qemu, kernel, accelerator, root, writable, hasUdmabufStandIn, standIns };
}
