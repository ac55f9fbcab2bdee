/** Checks of passing a GPU through: its IOMMU group, the drivers bound there, the rights and the memlock limit. */
import { check, judged, type Finding, type HostCheck } from './check.js';
import type { HostFiles } from './host-files.js';
import { bytesOf, mebibyte, type HostMachine } from './machine.js';

const pciDevices = '/sys/bus/pci/devices';
const iommuGroups = '/sys/kernel/iommu_groups';

export function checkVfio(files: HostFiles, machine: HostMachine): HostCheck[] {
  const { vfio: address } = machine;
  const iommu = check(
    'iommu',
    address !== undefined,
    'VFIO gives a device to a guest only behind an IOMMU.',
    iommuOf(files),
  );
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

function iommuOf(files: HostFiles): Finding {
  const count = files.names(iommuGroups).length;
  return {
    status: judged(count > 0),
    found: `${count} IOMMU groups`,
    advice: 'switch VT-d or AMD-Vi on in the firmware; on Intel also intel_iommu=on on the kernel command line',
  };
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
  return {
    status: ok ? 'ok' : 'unknown',
    found: `${address} is ${vendor}:${device}, ${ok ? 'a display device' : `no display device (class ${kind})`}`,
    advice: `display devices here: ${displaysHere(files)}`,
  };
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

function driverOf(files: HostFiles, address: string): string | undefined {
  return files.linkName(`${pciDevices}/${address}/driver`);
}

function groupOf(files: HostFiles, address: string, group: string | undefined): Finding {
  if (group === undefined)
    return { status: 'no', found: `${address} is in no IOMMU group`, advice: 'see the check iommu' };
  const members = files.names(`${iommuGroups}/${group}/devices`);
  const held = members.filter((member) => !isLetGo(files, member, member === address));
  const list = members.map((member) => `${member} ${driverOf(files, member) ?? 'no driver'}`).join(', ');
  return { status: judged(held.length === 0), found: `group ${group}: ${list}`, advice: adviceOn(files, held) };
}

/** A physical function takes its virtual functions with it when its driver goes: it is never to be unbound. */
function adviceOn(files: HostFiles, held: readonly string[]): string {
  const keepers = held.filter((member) => hasVirtualFunctions(files, member));
  const others = held.filter((member) => !keepers.includes(member));
  const modules = [...new Set(others.map((member) => vfioDriverFor(files, member)))];
  const bind = others.map((member) => `driverctl set-override ${member} ${vfioDriverFor(files, member)}`).join('; ');
  const rebind = `${modules.map((name) => `modprobe ${name}`).join('; ')}; ${bind} (or driver_override and drivers_probe in ${pciDevices}; libvirt does it by itself)`;
  const share = `${keepers.join(', ')} must stay with its driver: without it all its virtual functions are gone. A virtual function has a group of its own where the ports above it keep devices apart (ACS): switch ACS or SR-IOV on in the firmware, or use another slot`;
  return [...(others.length === 0 ? [] : [rebind]), ...(keepers.length === 0 ? [] : [share])].join('. ');
}

function hasVirtualFunctions(files: HostFiles, member: string): boolean {
  return (files.number(`${pciDevices}/${member}/sriov_numvfs`) ?? 0) > 0;
}

/** Some devices have a VFIO driver of their own, which knows what the common one does not: how to migrate, where its memory is. */
function vfioDriverFor(files: HostFiles, member: string): string {
  const physical = files.linkName(`${pciDevices}/${member}/physfn`);
  const own = physical !== undefined && driverOf(files, physical) === 'xe' ? 'xe-vfio-pci' : undefined;
  return own !== undefined && files.exists(`/sys/bus/pci/drivers/${own}`) ? own : 'vfio-pci';
}

/** The GPU must be bound to a VFIO driver; its neighbours to one or nothing; bridges stay with the host. */
function isLetGo(files: HostFiles, member: string, isTheGpu: boolean): boolean {
  if (isBoundToVfio(files, member)) return true;
  const driver = driverOf(files, member);
  if (isTheGpu) return false;
  return driver === undefined || driver === 'pci-stub' || isBridge(files, member);
}

/** The kernel makes `vfio-dev` for whatever VFIO driver has the device, since Linux 6.1. */
function isBoundToVfio(files: HostFiles, member: string): boolean {
  const driver = driverOf(files, member);
  const isNamedSo = driver?.replaceAll('_', '-').endsWith('vfio-pci') === true;
  return isNamedSo || (driver !== undefined && files.exists(`${pciDevices}/${member}/vfio-dev`));
}

function isBridge(files: HostFiles, member: string): boolean {
  return files.text(`${pciDevices}/${member}/class`)?.startsWith('0x0604') === true;
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
