/** Checks of QEMU itself: its version, and whether it has the parts. Pure. */
import { hostArchitecture, type Architecture } from './architecture.js';
import { check, judged, type Finding, type HostCheck } from './check.js';
import type { KvmTrial, Qemu } from './qemu.js';
import type { HostDisplay } from './choices.js';

export interface QemuWishes {
  readonly program: string;
  /** Whether a GPU is to be passed through. */
  readonly vfio: boolean;
  /** Undefined: any display that has GL. */
  readonly display: HostDisplay | undefined;
}

export function checkQemu(qemu: Qemu | undefined, { program, vfio, display }: QemuWishes): HostCheck[] {
  const needsGl = display !== undefined && display !== 'none';
  return [
    check('qemu', true, 'QEMU runs the guest and is the host end of virtio-gpu.', presence(qemu, program)),
    check(
      'qemu-blob',
      true,
      'Without blob resources each import of a foreign buffer fails with ENODEV.',
      property(qemu, 'virtio-gpu-pci', 'blob', { older: 'QEMU 6.1 or later has it', absent: displayModule }),
    ),
    check(
      'qemu-memfd',
      true,
      'Only of memory in a memfd can udmabuf make a dma-buf.',
      property(qemu, 'memory-backend-memfd', 'share', { older: notBuilt, absent: notBuilt }),
    ),
    check(
      'qemu-vfio',
      vfio,
      'vfio-pci passes the GPU through.',
      property(qemu, 'vfio-pci', 'host', { older: notBuilt, absent: notBuilt }),
    ),
    check(
      'gl-display',
      needsGl,
      'A UI with GL takes the buffer without a copy, and the flush fence waits for it; others copy it at once.',
      glDisplay(qemu, display),
    ),
  ];
}

const notBuilt = 'this QEMU was built without it';
/** Most distributions pack what QEMU can load apart from it. */
const displayModule =
  'its module is not installed: qemu-hw-display-virtio-gpu-pci (Arch), qemu-device-display-virtio-gpu-pci (Fedora), qemu-kvm-device-display-virtio-gpu-pci (RHEL, CentOS), qemu-hw-display-virtio-gpu-pci (openSUSE), qemu-system-common (Debian)';

const kvmAdvice: Readonly<Record<Architecture, string>> = {
  x86_64:
    'switch virtualisation on in the firmware, modprobe kvm_intel or kvm_amd, join the group kvm; in a virtual machine ask its host for nested virtualisation',
  aarch64:
    'boot the kernel at EL2, as firmware that leaves virtualisation on does, and join the group kvm; in a virtual machine ask its host for nested virtualisation',
};

export function checkKvm({ works, found }: KvmTrial, architecture: Architecture): HostCheck {
  return check('kvm', false, 'Without KVM the guest is emulated, many times slower.', {
    status: judged(works),
    found,
    advice: architecture === hostArchitecture ? kvmAdvice[architecture] : 'use a host of that architecture',
  });
}

function presence(qemu: Qemu | undefined, program: string): Finding {
  if (qemu !== undefined) return { status: 'ok', found: `${qemu.program}, version ${qemu.version}` };
  const advice =
    'install it (Debian: qemu-system-x86 or qemu-system-arm; Fedora: qemu-kvm; Arch: qemu-desktop), or name it with --qemu';
  return { status: 'no', found: `no ${program} that starts`, advice };
}

const notAsked: Finding = { status: 'unknown', found: 'no QEMU to ask' };

/** `absent`: where QEMU lacks the whole type; `older`: where it has it without this property. */
function property(
  qemu: Qemu | undefined,
  type: string,
  name: string,
  { older, absent }: { readonly older: string; readonly absent: string },
): Finding {
  if (qemu === undefined) return notAsked;
  const properties = qemu.properties.get(type);
  if (properties === undefined) return { status: 'no', found: `no ${type}`, advice: absent };
  const ok = properties.has(name);
  return { status: judged(ok), found: ok ? `${type} has ${name}` : `${type} has no ${name}`, advice: older };
}

function glDisplay(qemu: Qemu | undefined, wanted: HostDisplay | undefined): Finding {
  if (wanted === 'none') return { status: 'ok', found: 'not asked for (--display none)' };
  if (qemu === undefined) return notAsked;
  const there = glDisplaysOf(qemu);
  const ok = wanted === undefined ? there.length > 0 : there.includes(wanted);
  const found = there.length === 0 ? 'none' : `${there.join(', ')}${ok ? '' : `, no ${wanted}`}`;
  return {
    status: judged(ok),
    found,
    advice:
      'install QEMU’s UI modules (Debian: qemu-system-gui, qemu-system-modules-spice, qemu-system-modules-opengl; Fedora, Arch: qemu-ui-gtk, qemu-ui-dbus, qemu-ui-opengl); RHEL’s QEMU has none',
  };
}

/** Of the displays that import a dma-buf, those that this QEMU has. */
function glDisplaysOf({ displays, spiceOptions }: Qemu): HostDisplay[] {
  const windows = (['gtk', 'dbus'] as const).filter((name) => displays.includes(name));
  return spiceOptions.includes('gl') ? [...windows, 'spice'] : windows;
}
