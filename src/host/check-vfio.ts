/** Checks of passing a GPU through: its IOMMU group, the drivers bound there, the rights and the memlock limit. */
import { check, judged, type Finding, type HostCheck } from './check.js';
import { checkIommu } from './check-iommu.js';
import type { HostFiles } from './host-files.js';
import { driverOf, groupOf, isBoundToVfio } from './vfio-group.js';
import { bytesOf, mebibyte, type HostMachine } from './machine.js';

const pciDevices = '/sys/bus/pci/devices';

export function checkVfio(files: HostFiles, machine: HostMachine): HostCheck[] {
  const { vfio: address } = machine;
  const iommu = checkIommu(files, address !== undefined);
  if (address === undefined) return [iommu];
  const group = files.linkName(`${pciDevices}/${address}/iommu_group`);
  return [
    iommu,
    check('vfio-device', true, 'The GPU to pass through.', deviceOf(files, address)),
    check(
      'vfio-group',
      true,
      'VFIO hands out whole IOMMU groups: each device in it must be let go of by the host.',
      groupOf(files, address, group),
    ),
    check(
      'vfio-access',
      true,
      'QEMU opens the group and /dev/vfio/vfio, or the device and /dev/iommu.',
      accessOf(files, address, group),
    ),
    check(
      'memlock',
      true,
      'VFIO pins all memory of the guest, and counts it against this limit.',
      memlockOf(files, machine),
    ),
  ];
}

function deviceOf(files: HostFiles, address: string): Finding {
  const folder = `${pciDevices}/${address}`;
  if (!files.exists(folder))
    return {
      status: 'no',
      found: `no PCI device ${address}; display devices here: ${displaysHere(files)}`,
      advice: 'take the address from lspci -D',
    };
  const [vendor, device, kind] = ['vendor', 'device', 'class'].map((name) => files.text(`${folder}/${name}`) ?? '?');
  const ok = isDisplay(kind);
  const what = ok ? `a display device${consoleOf(files, address)}` : `no display device (class ${kind})`;
  return {
    status: ok ? 'ok' : 'unknown',
    found: `${address} is ${vendor}:${device}, ${what}`,
    advice: `display devices here: ${displaysHere(files)}`,
  };
}

/** The firmware lit this one: the kernel's console is on it, and its boot framebuffer may hold its memory. */
function consoleOf(files: HostFiles, address: string): string {
  if (files.text(`${pciDevices}/${address}/boot_vga`) !== '1' || isBoundToVfio(files, address)) return '';
  return ', on which the host itself shows its screen: that goes dark, and VFIO may find its memory taken by the boot framebuffer (“can’t reserve”: unbind it in /sys/bus/platform/drivers/simple-framebuffer, or boot with initcall_blacklist=sysfb_init)';
}

function isDisplay(kind: string | undefined): boolean {
  return kind?.startsWith('0x03') === true;
}

function displaysHere(files: HostFiles): string {
  const found = files
    .names(pciDevices)
    .filter((address) => isDisplay(files.text(`${pciDevices}/${address}/class`)))
    .map((address) => `${address} (${driverOf(files, address) ?? 'no driver'})`);
  return found.length === 0 ? 'none' : found.join(', ');
}

/** Whether this host has no VFIO containers and groups but iommufd, and the device its node for that. */
export function usesIommufd(files: HostFiles, address: string): boolean {
  const isThere = files.exists('/dev/iommu') && deviceNode(files, address) !== undefined;
  return isThere && !files.exists('/dev/vfio/vfio');
}

/** `/dev/vfio/devices/vfio0`: the device by itself, without its group. */
function deviceNode(files: HostFiles, address: string): string | undefined {
  const [name] = files.names(`${pciDevices}/${address}/vfio-dev`);
  return name === undefined ? undefined : `/dev/vfio/devices/${name}`;
}

function accessOf(files: HostFiles, address: string, group: string | undefined): Finding {
  const byGroup = ['/dev/vfio/vfio', ...(group === undefined ? [] : [`/dev/vfio/${group}`])];
  const nodes = usesIommufd(files, address) ? ['/dev/iommu', deviceNode(files, address) ?? ''] : byGroup;
  const missing = nodes.filter((node) => !files.exists(node));
  const shut = nodes.filter((node) => files.exists(node) && !files.mayUse(node));
  const found = [
    ...missing.map((node) => `no ${node}`),
    ...shut.map((node) => `${node} may not be opened by this user`),
  ];
  return {
    status: judged(found.length === 0 && group !== undefined),
    found: found.length === 0 ? `${nodes.join(' and ')}: readable and writable` : found.join(', '),
    advice:
      'bind the group (see the check vfio-group); then give its node in /dev/vfio to the user that runs QEMU, or run QEMU as root',
  };
}

/** Firmware, video memory and the like, beside the guest's memory. */
const spareBytes = 64 * mebibyte;
const capIpcLock = 14n;

function memlockOf(files: HostFiles, { memory }: HostMachine): Finding {
  const capabilities = /^CapEff:\s*([\da-f]+)$/m.exec(files.text('/proc/self/status') ?? '')?.[1];
  if (capabilities !== undefined && (BigInt(`0x${capabilities}`) >> capIpcLock) & 1n)
    return { status: 'ok', found: 'not limited: this process has CAP_IPC_LOCK' };
  const limit = /^Max locked memory\s+(\S+)/m.exec(files.text('/proc/self/limits') ?? '')?.[1];
  if (limit === undefined) return { status: 'unknown', found: '/proc/self/limits cannot be read' };
  const needed = bytesOf(memory) + spareBytes;
  const mebibytes = limit === 'unlimited' ? limit : `${Math.floor(Number(limit) / mebibyte)} MiB`;
  return {
    status: judged(limit === 'unlimited' || Number(limit) >= needed),
    found: `${mebibytes}, for a guest of ${memory}`,
    advice: `raise it to ${needed / mebibyte} MiB or more: memlock in /etc/security/limits.d, LimitMEMLOCK of a service; libvirt does it by itself`,
  };
}
