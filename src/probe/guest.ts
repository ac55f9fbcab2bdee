/** Whether this is a virtual machine at all: by what the processor says, and by what a hidden hypervisor cannot hide. */
import { no, ok, unknown, type Question } from './check.js';
import type { Files } from './files.js';
import type { Check } from './report.js';

const question: Question = {
  id: 'system.machine',
  why: 'virtio-gpu is the display of a virtual machine; on a host there is none',
};

/** Its /dev/dri, where it has one, is vgem's. */
const wslAdvice =
  'WSL shows its windows by itself and has no display that a program could flip on: use a guest of QEMU’s; `npm start` makes one';

/** A host has no virtio devices: they are made by a hypervisor, whatever else that hides (`-cpu host,-hypervisor`). */
export function checkMachine(files: Files): Check {
  if (/microsoft/i.test(files.text('/proc/sys/kernel/osrelease') ?? '')) return no(question, 'WSL', wslAdvice);
  const name = nameOf(files);
  const flags = /^flags\s*:(.*)$/m.exec(files.text('/proc/cpuinfo') ?? '')?.[1];
  if (flags !== undefined && /\bhypervisor\b/.test(flags)) return ok(question, `a virtual machine: ${name}`);
  const hides = flags === undefined ? '' : ', whose processor hides the hypervisor';
  if (isVirtual(files)) return ok(question, `a virtual machine${hides}: ${name}`);
  if (flags === undefined) return unknown(question, `${name}; this CPU does not say whether it is virtual`);
  return no(
    question,
    `no virtual machine: ${name}`,
    'run the probe in the guest, and `guesthead host check` here; `guesthead lab run` makes a guest',
  );
}

/** From the firmware's tables, or from a device tree, as QEMU's `virt` has one without UEFI. */
function nameOf(files: Files): string {
  const dmi = (name: string) => files.text(`/sys/class/dmi/id/${name}`)?.trim() ?? '';
  const model = files.text('/sys/firmware/devicetree/base/model')?.replaceAll('\0', '').trim() ?? '';
  return `${dmi('sys_vendor')} ${dmi('product_name')}`.trim() || model || 'a machine without a name in its firmware';
}

const vendors = ['QEMU', 'KubeVirt'];
/** VIRTIO_ID_RPMSG: how a board talks to its own co-processors. */
const rpmsg = '0x0007';

function isVirtual(files: Files): boolean {
  const folder = '/sys/bus/virtio/devices';
  if (files.names(folder).some((name) => files.text(`${folder}/${name}/device`)?.trim() !== rpmsg)) return true;
  const vendor = files.text('/sys/class/dmi/id/sys_vendor')?.trim() ?? '';
  return vendors.includes(vendor) || files.text('/sys/firmware/devicetree/base/hypervisor/compatible') !== undefined;
}
