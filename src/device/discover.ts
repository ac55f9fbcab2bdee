/** DISCOVER: which DRM devices there are, from sysfs and the nodes themselves. */
import { closeSync, openSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { getVersion } from '../ffi/index.js';

/** One device and its nodes; a GPU has a render node, a display a primary node, many have both. */
export interface DrmDevice {
  /** The DRM driver's name: `virtio_gpu`, `xe`, `vgem`, … */
  readonly driver: string;
  /** PCI address, e.g. `0000:00:02.0`; undefined off the PCI bus. */
  readonly pci: string | undefined;
  /** `/dev/dri/cardN`: modes and planes, where the device has a display engine. */
  readonly primary: string | undefined;
  /** `/dev/dri/renderDN`: rendering and PRIME, for every user in the group `render`. */
  readonly render: string | undefined;
}

/** Where to look; replaced by the tests. */
export interface Roots {
  readonly sys: string;
  readonly dev: string;
  /** The driver's name as the node tells it, or undefined where it may not be opened. */
  readonly driverOf: (node: string) => string | undefined;
}

export const systemRoots: Roots = { sys: '/sys', dev: '/dev', driverOf: askDriver };

/** All DRM devices, ordered by their first node's name. Empty on a machine without any. */
export function discover(roots: Roots = systemRoots): DrmDevice[] {
  const devices = new Map<string, DrmDevice>();
  for (const name of nodeNames(roots)) {
    const place = devicePath(roots, name);
    const known = devices.get(place);
    const node = join(roots.dev, 'dri', name);
    const kind = kindOf(name) === 0 ? 'primary' : 'render';
    const found = known ?? {
      driver: driverName(roots, node, place),
      pci: pciAddress(place),
      primary: undefined,
      render: undefined,
    };
    devices.set(place, { ...found, [kind]: node });
  }
  return [...devices.values()];
}

/** Primary nodes before render nodes, each by number; without `localeCompare`, whose first use loads ICU's tables. */
function nodeNames({ sys }: Roots): string[] {
  try {
    const names = readdirSync(join(sys, 'class/drm')).filter((name) => /^(card|renderD)\d+$/.test(name));
    return names.sort((a, b) => kindOf(a) - kindOf(b) || numberOf(a) - numberOf(b));
  } catch {
    return []; // no DRM in this kernel
  }
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

/** The PCI function nearest to the device: virtio-gpu's own bus hangs below it. */
function pciAddress(place: string): string | undefined {
  return place
    .split('/')
    .reverse()
    .find((part) => /^[\da-f]{4,}:[\da-f]{2}:[\da-f]{2}\.[0-7]$/.test(part));
}

function driverName(roots: Roots, node: string, place: string): string {
  return roots.driverOf(node) ?? boundDriver(place);
}

/** By sysfs alone: on the virtio bus the driver is bound a level below, and a faux device is named after its driver. */
function boundDriver(place: string): string {
  const bound = driverLink(place);
  if (bound === 'virtio-pci') return virtioDriver(place) ?? bound;
  return bound === undefined || bound === 'faux_driver' ? basename(place) : bound;
}

function virtioDriver(place: string): string | undefined {
  const child = readdirSync(place).find((name) => /^virtio\d+$/.test(name));
  return child === undefined ? undefined : driverLink(join(place, child));
}

function driverLink(place: string): string | undefined {
  try {
    return basename(readlinkSync(join(place, 'driver')));
  } catch {
    return undefined;
  }
}

function askDriver(node: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(node, 'r+');
  } catch {
    return undefined;
  }
  try {
    return getVersion(fd).name;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

/** One line for people: `virtio_gpu at 0000:00:02.0 (/dev/dri/card0, /dev/dri/renderD128)`. */
export function describeDevice({ driver, pci, primary, render }: DrmDevice): string {
  const nodes = [primary, render].filter((node) => node !== undefined).join(', ');
  return `${driver}${pci === undefined ? '' : ` at ${pci}`} (${nodes})`;
}
