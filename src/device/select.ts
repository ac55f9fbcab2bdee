/** Chooses the two devices: by driver, PCI address or node, never by a card number of our own. */
import { existsSync, realpathSync } from 'node:fs';
import { GuestheadError } from '../errors.js';
import { parsePci, type PciAddress } from '../pci-address.js';
import { describeDevice, type DrmDevice } from './discover.js';

export type Role = 'render' | 'display';

export interface Selected {
  readonly device: DrmDevice;
  /** The node to open for the role. */
  readonly node: string;
}

/** The kernel refuses dumb allocation on a render node (EACCES), and these have no other: their primary node renders. */
const rendersOnPrimary = new Set(['vgem', 'virtio_gpu']);
/** Devices that stand in for a GPU in the lab: taken only where nothing real is there. */
const standIns = new Set(['vgem']);

export function isStandIn(driver: string): boolean {
  return standIns.has(driver);
}

/**
 * `auto` means virtio-gpu, of several the first that has something connected; anything else is a node, a PCI address or a
 * driver's name.
 */
export function selectDisplay(devices: readonly DrmDevice[], wanted: string): Selected {
  const device =
    wanted === 'auto'
      ? connectedFirst(devices.filter(({ driver, primary }) => driver === 'virtio_gpu' && primary !== undefined))
      : findWanted(devices, wanted, 'display');
  if (device?.primary === undefined) throw notFound(devices, wanted, 'display');
  return { device, node: device.primary };
}

/** `auto` means the first GPU beside the display: a real one before vgem. */
export function selectRender(devices: readonly DrmDevice[], wanted: string, display: DrmDevice): Selected {
  const others = devices.filter((device) => device.driver !== 'virtio_gpu' && device.primary !== display.primary);
  const device =
    wanted === 'auto'
      ? (others.find(({ driver, render }) => render !== undefined && !isStandIn(driver)) ??
        others.find(({ driver }) => isStandIn(driver)))
      : findWanted(devices, wanted, 'render');
  const node = device === undefined ? undefined : renderNode(device, wanted);
  if (device === undefined || node === undefined) throw notFound(devices, wanted, 'render');
  return { device, node };
}

function renderNode({ driver, primary, render }: DrmDevice, wanted: string): string | undefined {
  if (wanted.startsWith('/')) return realpathSync(wanted);
  return rendersOnPrimary.has(driver) ? primary : (render ?? primary);
}

function findWanted(devices: readonly DrmDevice[], wanted: string, role: Role): DrmDevice | undefined {
  if (wanted.startsWith('/')) return findNode(devices, wanted, role);
  const address = parsePci(wanted);
  if (address !== undefined) return findPci(devices, address);
  const ofDriver = devices.filter(({ driver }) => spelt(driver) === spelt(wanted));
  return ofDriver.find((device) => (role === 'display' ? device.primary : true)) ?? ofDriver[0];
}

function connectedFirst(displays: readonly DrmDevice[]): DrmDevice | undefined {
  return displays.find(({ connected }) => connected === true) ?? displays[0];
}

/** Without its domain an address may be that of several devices: those of VMD, say, have domains of their own. */
function findPci(devices: readonly DrmDevice[], { domain, place }: PciAddress): DrmDevice | undefined {
  const found = devices.filter(({ pci }) => {
    const at = pci === undefined ? undefined : parsePci(pci);
    return at?.place === place && (domain ?? at.domain) === at.domain;
  });
  const addresses = [...new Set(found.map(({ pci }) => pci))];
  if (addresses.length <= 1) return found[0];
  throw new GuestheadError('ERR_USAGE', `Several devices have the PCI address ${place}`, {
    advice: `name one with its domain: ${addresses.join(', ')}`,
  });
}

/** A driver's name is written with `-` or `_`, as its module's is. */
function spelt(driver: string): string {
  return driver.replaceAll('-', '_');
}

function findNode(devices: readonly DrmDevice[], wanted: string, role: Role): DrmDevice | undefined {
  if (!existsSync(wanted)) throw notFound(devices, wanted, role);
  const node = realpathSync(wanted); // /dev/dri/by-path/… are links
  const device = devices.find(({ primary, render }) => primary === node || render === node);
  if (device !== undefined) return device;
  throw new GuestheadError('ERR_NOT_DRM', 'This is not a DRM node', { device: wanted, advice: choices(devices) });
}

const lookedFor: Record<Role, string> = {
  display: 'a virtio-gpu with a primary node, to show pictures',
  render: 'a GPU beside the display, to allocate buffers',
};

function notFound(devices: readonly DrmDevice[], wanted: string, role: Role): GuestheadError {
  const what = wanted === 'auto' ? lookedFor[role] : `the ${role} device '${wanted}'`;
  return new GuestheadError('ERR_NO_DEVICE', `No suitable device: looked for ${what}; found ${list(devices)}`, {
    advice: `${choices(devices)}; \`npm start\` shows it at work in the lab, without any such device`,
  });
}

function list(devices: readonly DrmDevice[]): string {
  return devices.length === 0 ? 'no DRM device' : devices.map(describeDevice).join(', ');
}

function choices(devices: readonly DrmDevice[]): string {
  if (devices.length === 0) return 'give the guest a virtio-gpu and a GPU';
  const names = devices.flatMap(({ driver, pci, primary, render }) => [driver, pci, primary, render]);
  return `valid choices: ${[...new Set(names.filter((name) => name !== undefined))].join(', ')}`;
}
