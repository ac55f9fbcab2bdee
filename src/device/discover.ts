/**
 * DISCOVER: which DRM devices there are, from sysfs alone. No node is opened: who opens a
 * primary node that nobody has open becomes DRM master by that, and a compositor without
 * capabilities that opens it in that moment never gets master on its file.
 */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { assertGiven, isObject } from '../arguments.js';
import { numberOfNode, pathInDev, type NumberOf } from './dev-nodes.js';

/** One device and its nodes; a GPU has a render node, a display a primary node, many have both. */
export interface DrmDevice {
  /** The driver's name: `virtio_gpu`, `xe`, `vgem`, …; as sysfs shows it, where DRM's own is not known. */
  readonly driver: string;
  /** PCI address, e.g. `0000:00:02.0`; undefined off the PCI bus. */
  readonly pci: string | undefined;
  /** `/dev/dri/cardN`: modes and planes, where the device has a display engine. */
  readonly primary: string | undefined;
  /** `/dev/dri/renderDN`: rendering and PRIME, for every user in the group `render`. */
  readonly render: string | undefined;
  /** Whether anything is plugged into it, as the kernel found when it looked last; not there for a device without connectors. */
  readonly connected?: boolean;
  /** By the kernel's name above: where /dev has a node that is not there under that name; null where it has it nowhere. */
  readonly elsewhere?: Readonly<Record<string, string | null>>;
}

/** The path to open for one of the device's nodes; undefined where /dev lacks it. */
export function pathOf({ elsewhere }: DrmDevice, node: string | undefined): string | undefined {
  if (node === undefined) return undefined;
  const other = elsewhere?.[node];
  return other === undefined ? node : (other ?? undefined);
}

/** Where to look; replaced by the tests. */
export interface Roots {
  readonly sys: string;
  readonly dev: string;
  readonly numberOf?: NumberOf;
}

export const systemRoots: Roots = { sys: '/sys', dev: '/dev' };

/** All DRM devices, ordered by their first node's name. Empty on a machine without any. */
export function discover(roots: Roots = systemRoots): DrmDevice[] {
  const devices = new Map<string, DrmDevice>();
  for (const name of nodeNames(roots)) {
    const place = devicePath(roots, name);
    const known = devices.get(place);
    const node = join(roots.dev, 'dri', name);
    const kind = kindOf(name) === 0 ? 'primary' : 'render';
    const found = known ?? {
      driver: driverName(place),
      pci: pciAddress(place),
      primary: undefined,
      render: undefined,
    };
    const connected = kind === 'primary' ? connectionOf(roots, name) : {};
    devices.set(place, { ...found, ...connected, ...elsewhereOf(roots, name, node, found), [kind]: node });
  }
  return [...devices.values()];
}

function elsewhereOf(
  { sys, dev, numberOf = numberOfNode }: Roots,
  name: string,
  node: string,
  { elsewhere }: DrmDevice,
): Pick<DrmDevice, 'elsewhere'> {
  const path = pathInDev(sys, dev, name, numberOf);
  return path === node ? {} : { elsewhere: { ...elsewhere, [node]: path } };
}

function connectionOf({ sys }: Roots, card: string): Pick<DrmDevice, 'connected'> {
  const folder = join(sys, 'class/drm');
  const statuses = entries(join(folder, card))
    .filter((name) => name.startsWith(`${card}-`))
    .map((name) => textOf(join(folder, card, name, 'status')));
  return statuses.length === 0 ? {} : { connected: statuses.includes('connected') };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Primary nodes before render nodes, each by number; without `localeCompare`, whose first use loads ICU's tables. */
function nodeNames({ sys }: Roots): string[] {
  const names = entries(join(sys, 'class/drm')).filter((name) => /^(card|renderD)\d+$/.test(name));
  return names.sort((a, b) => kindOf(a) - kindOf(b) || numberOf(a) - numberOf(b));
}

function kindOf(name: string): number {
  return name.startsWith('card') ? 0 : 1;
}

function numberOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0]);
}

function devicePath({ sys }: Roots, name: string): string {
  const entry = join(sys, 'class/drm', name);
  try {
    return realpathSync(join(entry, 'device'));
  } catch {
    return entry; // a device without a parent is its own
  }
}

/**
 * The PCI function that the device is, or that its virtio bus hangs below. What else hangs below a function is none: a
 * firmware's framebuffer (since Linux 6.11), a USB display below its controller.
 */
function pciAddress(place: string): string | undefined {
  const parts = place.split('/').reverse();
  const part = /^virtio\d+$/.test(parts[0] ?? '') ? parts[1] : parts[0];
  return part !== undefined && /^[\da-f]{4,}:[\da-f]{2}:[\da-f]{2}\.[0-7]$/.test(part) ? part : undefined;
}

/**
 * What DRM calls the driver, where the driver that sysfs shows on the device has another name.
 * One that is missing here goes by the name that sysfs shows. Sources: the `name` of
 * each driver's `drm_driver` and `device_driver` in the kernel, and in NVIDIA's own.
 */
const drmNames = new Map([
  ['nvidia', 'nvidia-drm'],
  ['adreno', 'msm'],
  ['msm_dpu', 'msm'],
  ['msm_mdp', 'msm'],
  ['msm-mdss', 'msm'],
  ['vc4-drm', 'vc4'],
  ['rockchip-drm', 'rockchip'],
  ['mediatek-drm', 'mediatek'],
  ['meson-drm', 'meson'],
  ['exynos-drm', 'exynos'],
  ['simple-framebuffer', 'simpledrm'],
  ['efi-framebuffer', 'efidrm'],
  ['vesa-framebuffer', 'vesadrm'],
  ['amdgpu_xcp', 'amdgpu'],
]);

/** What the virtio bus hangs below: a PCI function, memory-mapped registers (microvm, libkrun), a channel (s390x). */
const virtioTransports = ['virtio-pci', 'virtio-mmio', 'virtio_ccw'];

/** On the virtio bus the driver is bound a level below, and a faux device is named after its driver. */
function driverName(place: string): string {
  const bound = driverLink(place);
  if (bound !== undefined && virtioTransports.includes(bound)) return virtioDriver(place) ?? bound;
  if (bound === undefined || bound === 'faux_driver') return unboundName(basename(place));
  return drmNames.get(bound) ?? bound;
}

/** A platform device that nothing is bound to may have a number: `amdgpu_xcp.55` is a partition of a GPU. */
function unboundName(device: string): string {
  return drmNames.get(device.replace(/\.\d+$/, '')) ?? device;
}

function virtioDriver(place: string): string | undefined {
  const child = entries(place).find((name) => /^virtio\d+$/.test(name));
  return child === undefined ? undefined : driverLink(join(place, child));
}

/** Empty where there is no such folder: no DRM in this kernel, or the device went in the meantime. */
function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function driverLink(place: string): string | undefined {
  try {
    return basename(readlinkSync(join(place, 'driver')));
  } catch {
    return undefined;
  }
}

/** One line for people: `virtio_gpu at 0000:00:02.0 (/dev/dri/card0, /dev/dri/renderD128)`. */
export function describeDevice(device: DrmDevice): string {
  assertGiven(isObject(device) && typeof device.driver === 'string', device, 'device of discover()');
  const { driver, pci, primary, render } = device;
  const nodes = [primary, render].filter((node) => node !== undefined).join(', ');
  return `${driver}${pci === undefined ? '' : ` at ${pci}`} (${nodes})`;
}
