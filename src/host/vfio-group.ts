/**
 * What of an IOMMU group the host has let go of, and what it may let go of without harm. A group is what the
 * IOMMU cannot tell apart: behind ports without ACS that can be half of the machine, its disks included.
 */
import { judged, type Finding } from './check.js';
import type { HostFiles } from './host-files.js';

const pciDevices = '/sys/bus/pci/devices';
const iommuGroups = '/sys/kernel/iommu_groups';

export function groupOf(files: HostFiles, address: string, group: string | undefined): Finding {
  if (group === undefined)
    return { status: 'no', found: `${address} is in no IOMMU group`, advice: 'see the check iommu' };
  const members = files.names(`${iommuGroups}/${group}/devices`);
  const held = members.filter((member) => !isLetGo(files, member, member === address));
  const list = members.map((member) => `${member} ${driverOf(files, member) ?? 'no driver'}`).join(', ');
  return {
    status: judged(held.length === 0),
    found: `group ${group}: ${list}`,
    advice: adviceOn(files, address, held),
  };
}

export function driverOf(files: HostFiles, address: string): string | undefined {
  return files.linkName(`${pciDevices}/${address}/driver`);
}

/** The GPU's own functions may go to VFIO; a physical function and the host's other devices never. */
function adviceOn(files: HostFiles, gpu: string, held: readonly string[]): string {
  const keepers = held.filter((member) => hasVirtualFunctions(files, member));
  const hosts = held.filter((member) => !keepers.includes(member) && !goesWith(files, member, gpu));
  const others = held.filter((member) => !keepers.includes(member) && !hosts.includes(member));
  const advice = [
    ...(hosts.length > 0 || others.length === 0 ? [] : [rebinding(files, others)]),
    ...(keepers.length === 0 ? [] : [physical(keepers)]),
    ...(hosts.length === 0 ? [] : [strangers(files, hosts)]),
  ];
  return advice.join('. ');
}

function rebinding(files: HostFiles, members: readonly string[]): string {
  const modules = [...new Set(members.map((member) => vfioDriverFor(files, member)))];
  const bind = members.map((member) => `driverctl set-override ${member} ${vfioDriverFor(files, member)}`).join('; ');
  return `${modules.map((name) => `modprobe ${name}`).join('; ')}; ${bind} (or driver_override and drivers_probe in ${pciDevices}; libvirt does it by itself)`;
}

/** It takes its virtual functions with it when its driver goes. */
function physical(members: readonly string[]): string {
  return `${members.join(', ')} must stay with its driver: without it all its virtual functions are gone. A virtual function has a group of its own where the ports above it keep devices apart (ACS): switch ACS or SR-IOV on in the firmware, or use another slot`;
}

function strangers(files: HostFiles, members: readonly string[]): string {
  const named = members.map((member) => `${member} (${driverOf(files, member) ?? 'no driver'})`).join(', ');
  return `bind nothing: ${named} would go with the group, and the host would lose it. The ports above the GPU do not keep devices apart (ACS): put it into a slot at the processor, or switch ACS on in the firmware; a kernel patched for pcie_acs_override splits the group too, without the protection`;
}

/** Functions of one card have one slot; the audio of some cards has a bus of its own behind the card's switch. */
function goesWith(files: HostFiles, member: string, gpu: string): boolean {
  const slot = (address: string) => address.replace(/\.[0-7]$/, '');
  return slot(member) === slot(gpu) || classOf(files, member)?.startsWith('0x0403') === true;
}

function hasVirtualFunctions(files: HostFiles, member: string): boolean {
  return (files.number(`${pciDevices}/${member}/sriov_numvfs`) ?? 0) > 0;
}

/** Some devices have a VFIO driver of their own, which knows what the common one does not: how to migrate, where its memory is. */
function vfioDriverFor(files: HostFiles, member: string): string {
  const physfn = files.linkName(`${pciDevices}/${member}/physfn`);
  const own = physfn !== undefined && driverOf(files, physfn) === 'xe' ? 'xe-vfio-pci' : undefined;
  return own !== undefined && files.exists(`/sys/bus/pci/drivers/${own}`) ? own : 'vfio-pci';
}

/** The GPU must be bound to a VFIO driver; its neighbours to one or nothing; bridges stay with the host. */
function isLetGo(files: HostFiles, member: string, isTheGpu: boolean): boolean {
  if (isBoundToVfio(files, member)) return true;
  const driver = driverOf(files, member);
  if (isTheGpu) return false;
  return driver === undefined || driver === 'pci-stub' || classOf(files, member)?.startsWith('0x0604') === true;
}

/** The kernel makes `vfio-dev` for whatever VFIO driver has the device, since Linux 6.1. */
export function isBoundToVfio(files: HostFiles, member: string): boolean {
  const driver = driverOf(files, member);
  const isNamedSo = driver?.replaceAll('_', '-').endsWith('vfio-pci') === true;
  return isNamedSo || (driver !== undefined && files.exists(`${pciDevices}/${member}/vfio-dev`));
}

function classOf(files: HostFiles, member: string): string | undefined {
  return files.text(`${pciDevices}/${member}/class`);
}
