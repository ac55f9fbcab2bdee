/** What differs by the guest's architecture: the host's own where KVM is to run it, another where QEMU emulates it. */
import { basename } from 'node:path';

export const architectures = ['x86_64', 'aarch64'] as const;
export type Architecture = (typeof architectures)[number];

export const hostArchitecture: Architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

/** By the name of a QEMU, `qemu-system-aarch64`; the host's own where it does not say. */
export function architectureOf(program: string | undefined): Architecture {
  const name = program === undefined ? '' : basename(program);
  return architectures.find((one) => name === `qemu-system-${one}`) ?? hostArchitecture;
}

/** QEMU's machine with PCI Express. */
export const machineTypes: Readonly<Record<Architecture, { readonly name: string; readonly options: string }>> = {
  x86_64: { name: 'q35', options: 'q35' },
  /** Its default interrupt controller takes eight processors, and not every host can give a guest one of that version. */
  aarch64: { name: 'virt', options: 'virt,gic-version=max' },
};

/** Where distributions put UEFI for a machine that has no firmware of its own, the one to give to `-bios`. */
export const armFirmware = [
  '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd', // Debian, Ubuntu
  '/usr/share/edk2/aarch64/QEMU_EFI.fd', // Fedora, Arch
  '/usr/share/qemu/edk2-aarch64-code.fd', // QEMU's own
  '/usr/share/qemu/aavmf-aarch64-code.bin', // openSUSE
];
