/** What the guest boots: a disk, a kernel. */
import { closeSync, openSync, readSync } from 'node:fs';
import { optionValue, placed, type Item } from './item.js';
import type { HostMachine } from './machine.js';
import { xml } from './xml.js';

/** A PC has firmware of its own; a machine of arm64 has none, and a disk does not boot without. */
export function needsFirmware({ architecture, kernel, disk }: HostMachine): boolean {
  return architecture === 'aarch64' && kernel === undefined && disk !== undefined;
}

/** `firmware`: UEFI's file, for a machine that needs it. */
export function bootItems(machine: HostMachine, firmware: string | undefined): Item[] {
  const { kernel, initrd, append, disk } = machine;
  const items: Item[] = [];
  if (needsFirmware(machine) && firmware !== undefined)
    items.push({
      arguments: ['-bios', firmware],
      why: 'UEFI, which boots the disk. Without it this machine has no firmware at all, and stands still.',
      libvirt: [], // by the attribute firmware of <os>
    });
  if (disk !== undefined) items.push(diskItem(disk));
  if (kernel !== undefined)
    items.push({
      arguments: ['-kernel', kernel],
      why: 'Boots this kernel instead of the one on the disk: 6.14 or later, or the import is refused with ENODEV.',
      libvirt: placed('os', xml('kernel', {}, kernel)),
    });
  if (initrd !== undefined)
    items.push({
      arguments: ['-initrd', initrd],
      why: "The kernel's initial file system, with the modules that it needs to reach its root.",
      libvirt: placed('os', xml('initrd', {}, initrd)),
    });
  if (append !== undefined)
    items.push({
      arguments: ['-append', append],
      why: "The kernel's command line; it names the root file system.",
      libvirt: placed('os', xml('cmdline', {}, append)),
    });
  return items;
}

function diskItem(disk: string): Item {
  const format = diskFormat(disk);
  return {
    arguments: ['-drive', `if=virtio,format=${format},file=${optionValue(disk)}`],
    why: "The guest's disk. Its format is named, because QEMU guarding against a guess refuses writes to a raw disk's first block.",
    libvirt: placed(
      'devices',
      xml(
        'disk',
        { type: 'file', device: 'disk' },
        xml('driver', { name: 'qemu', type: format }),
        xml('source', { file: disk }),
        xml('target', { dev: 'vda', bus: 'virtio' }),
      ),
    ),
  };
}

/** By its first bytes; where it cannot be read here, by its name. */
function diskFormat(path: string): 'qcow2' | 'raw' {
  const magic = Buffer.alloc(4);
  try {
    const fd = openSync(path, 'r');
    try {
      readSync(fd, magic);
    } finally {
      closeSync(fd);
    }
  } catch {
    return path.endsWith('.qcow2') ? 'qcow2' : 'raw';
  }
  return magic.equals(Buffer.from('QFI\xfb', 'latin1')) ? 'qcow2' : 'raw';
}
