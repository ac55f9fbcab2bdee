/** From wishes to a described machine: asks this host what it has. */
import { architectureOf, armFirmware } from './architecture.js';
import { usesIommufd } from './check-vfio.js';
import { HostFiles } from './host-files.js';
import { hostMachineOf, type HostMachine, type HostWishes } from './machine.js';
import type { Item } from './item.js';
import { needsFirmware } from './boot-items.js';
import { itemsOf } from './items.js';
import { findQemu } from './find-qemu.js';
import { transferNotes } from './transfer-items.js';
import { lookAtQemu, tryKvm, type KvmTrial, type Qemu } from './qemu.js';

export interface Generated {
  /** As typed: the name given, or QEMU's usual one. */
  readonly program: string;
  readonly machine: HostMachine;
  readonly accelerator: 'kvm' | 'tcg';
  readonly qemu: Qemu | undefined;
  readonly items: readonly Item[];
  /** What the line cannot say by itself, a sentence each. */
  readonly notes: readonly string[];
}

/** Throws ERR_USAGE; starts QEMU a few times, for a moment. `name` is a QEMU other than this architecture's usual one. */
export async function generate(wishes: HostWishes, name?: string, files = new HostFiles()): Promise<Generated> {
  const machine = hostMachineOf({ architecture: architectureOf(name), ...wishes });
  const { program, path } = findQemu(name, machine.architecture);
  const [qemu, kvm] = await Promise.all([path === undefined ? undefined : lookAtQemu(path), trial(machine, path)]);
  const accelerator = machine.accelerator === 'auto' ? (kvm?.works === true ? 'kvm' : 'tcg') : machine.accelerator;
  const iommufd = machine.vfio !== undefined && usesIommufd(files, machine.vfio);
  const firmware = armFirmware.find((file) => files.exists(file));
  return {
    ...{ program, machine, accelerator, qemu },
    items: itemsOf(machine, { accelerator, qemu, iommufd, firmware }),
    notes: [...notesOn(machine, program, qemu, kvm), ...firmwareNotes(machine, firmware)],
  };
}

function firmwareNotes(machine: HostMachine, firmware: string | undefined): string[] {
  if (!needsFirmware(machine) || firmware !== undefined) return [];
  return [
    'A machine of arm64 boots a disk only by UEFI, and there is none in the usual places: install it (Debian: qemu-efi-aarch64; Fedora, Arch: edk2-aarch64), and add -bios FILE.',
  ];
}

function trial({ accelerator, architecture }: HostMachine, path: string | undefined): Promise<KvmTrial> | undefined {
  return accelerator === 'auto' ? tryKvm(path, architecture) : undefined;
}

function notesOn(machine: HostMachine, program: string, qemu: Qemu | undefined, kvm: KvmTrial | undefined): string[] {
  const { display, heads, kernel, disk, spicePort } = machine;
  const notes: string[] = [];
  if (qemu === undefined)
    notes.push(`${program} is not here, or does not start: the line is for a QEMU that is not known.`);
  if (kvm?.works === false)
    notes.push(
      `KVM cannot be used here (${kvm.found}): the machine is emulated; --accel kvm prints the line for another host.`,
    );
  if (kernel === undefined && disk === undefined)
    notes.push('The machine has nothing to boot: add --disk FILE, or --kernel FILE.');
  if (qemu !== undefined && (display === 'gtk' || display === 'dbus') && !qemu.displays.includes(display))
    notes.push(
      `This QEMU ${qemu.version} has no ${display} display: install its UI modules (Debian: qemu-system-gui).`,
    );
  if (spicePort !== undefined && qemu?.streamsGl !== true)
    notes.push(
      'This QEMU has no GL for viewers elsewhere (10.1 with Spice 0.15.3 has): each frame is copied, and nothing paces the guest.',
    );
  notes.push(...transferNotes(machine));
  if (heads > 1 && display === 'none') notes.push('Without a UI only the first head is connected.');
  return notes;
}
