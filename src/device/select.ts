/** Chooses the two devices: by driver, PCI address or node, never by a card number of our own. */
import { existsSync, realpathSync } from 'node:fs';
import { GuestheadError } from '../errors.js';
import { parsePci, type PciAddress } from '../pci-address.js';
import { chooseDisplay, chooseRender, type Choice, type Chosen } from './choice.js';
import { describeDevice, pathOf, type DrmDevice } from './discover.js';

export type Role = 'render' | 'display';

export interface Selected {
  readonly device: DrmDevice;
  /** The node to open for the role, as /dev has it. */
  readonly node: string;
  /** Why this one of several, and what to write for another; not there where there is but one, or one was named. */
  readonly chosen?: Chosen;
}

/** The kernel refuses dumb allocation on a render node (EACCES), and these have no other: their primary node renders. */
const rendersOnPrimary = new Set(['vgem', 'virtio_gpu']);
/** Devices that stand in for a GPU in the lab: taken only where nothing real is there. */
const standIns = new Set(['vgem']);

export function isStandIn(driver: string): boolean {
  return standIns.has(driver);
}

/**
 * `auto` means virtio-gpu, of several the one that has something connected; anything else is a node, a PCI address or a
 * driver's name.
 */
export function selectDisplay(devices: readonly DrmDevice[], wanted: string): Selected {
  const choice =
    wanted === 'auto'
      ? chooseDisplay(devices.filter(({ driver, primary }) => driver === 'virtio_gpu' && primary !== undefined))
      : findWanted(devices, wanted, 'display');
  if (choice?.device.primary === undefined) throw notFound(devices, wanted, 'display');
  return selected(choice, choice.device.primary);
}

/** `auto` means the first GPU beside the display: a real one before vgem. */
export function selectRender(devices: readonly DrmDevice[], wanted: string, display: DrmDevice): Selected {
  const others = devices.filter((device) => device.driver !== 'virtio_gpu' && device.primary !== display.primary);
  const choice =
    wanted === 'auto'
      ? (chooseRender(others.filter(({ driver, render }) => render !== undefined && !isStandIn(driver))) ??
        chooseRender(others.filter(({ driver }) => isStandIn(driver))))
      : findWanted(devices, wanted, 'render');
  const node = choice === undefined ? undefined : renderNode(choice.device, wanted);
  if (choice === undefined || node === undefined) throw notFound(devices, wanted, 'render');
  return selected(choice, node);
}

/** `node` by the kernel's name. */
function selected({ device, chosen }: Choice, node: string): Selected {
  const path = pathOf(device, node);
  if (path === undefined) throw notInDev(device, node);
  return { device, node: path, ...(chosen === undefined ? {} : { chosen }) };
}

function notInDev(device: DrmDevice, node: string): GuestheadError {
  return new GuestheadError('ERR_NO_DEVICE', `The kernel has ${node} of ${device.driver}, but /dev lacks it`, {
    device: node,
    advice: `give it to the container: \`--device ${node}\` (Docker, Podman), a device of type gpu (Incus, LXD), a GPU resource (Kubernetes); outside of one let udev make it`,
  });
}

/** By the kernel's name, as the device is known. */
function renderNode(device: DrmDevice, wanted: string): string | undefined {
  const { driver, primary, render } = device;
  const usual = rendersOnPrimary.has(driver) ? primary : (render ?? primary);
  return wanted.startsWith('/') ? nodeNamed(device, wanted) : usual;
}

function findWanted(devices: readonly DrmDevice[], wanted: string, role: Role): Choice | undefined {
  if (wanted.startsWith('/')) return named(findNode(devices, wanted, role));
  const address = parsePci(wanted);
  if (address !== undefined) return named(findPci(devices, address));
  const ofDriver = devices.filter(({ driver }) => spelt(driver) === spelt(wanted));
  if (role === 'render') return chooseRender(ofDriver);
  const shows = ofDriver.filter(({ primary }) => primary !== undefined);
  return chooseDisplay(shows) ?? named(ofDriver[0]);
}

function named(device: DrmDevice | undefined): Choice | undefined {
  return device === undefined ? undefined : { device, chosen: undefined };
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

function findNode(devices: readonly DrmDevice[], wanted: string, role: Role): DrmDevice {
  const device = devices.find((one) => nodeNamed(one, wanted) !== undefined);
  if (device !== undefined) return device;
  if (!existsSync(wanted)) throw notFound(devices, wanted, role);
  throw new GuestheadError('ERR_NOT_DRM', 'This is not a DRM node', { device: wanted, advice: choices(devices) });
}

/** The kernel's name for the device's node that is wanted; one that /dev lacks can only be meant by that name itself. */
function nodeNamed(device: DrmDevice, wanted: string): string | undefined {
  const path = existsSync(wanted) ? realpathSync(wanted) : wanted; // /dev/dri/by-path/… are links
  const nodes = [device.primary, device.render].filter((node) => node !== undefined);
  return nodes.find((node) => (pathOf(device, node) ?? (existsSync(wanted) ? undefined : node)) === path);
}

const lookedFor: Record<Role, string> = {
  display: 'a virtio-gpu with a primary node, to show pictures',
  render: 'a GPU beside the display, to allocate buffers',
};

/** What virtio-gpu's own render node draws (virgl, Venus, native contexts) is drawn by the host: there is nothing to import. */
const ownRenderNode =
  'virtio-gpu’s own render node is none: where it draws (virgl, Venus) it does so on the host’s GPU, and a compositor uses it as it is; guesthead needs a GPU of the guest’s own';

function notFound(devices: readonly DrmDevice[], wanted: string, role: Role): GuestheadError {
  const what = wanted === 'auto' ? lookedFor[role] : `the ${role} device '${wanted}'`;
  const isOwn = role === 'render' && wanted === 'auto' && devices.some(({ driver }) => driver === 'virtio_gpu');
  return new GuestheadError('ERR_NO_DEVICE', `No suitable device: looked for ${what}; found ${list(devices)}`, {
    advice: `${isOwn ? ownRenderNode : choices(devices)}; \`guesthead probe\` says what is missing; \`guesthead lab run -- guesthead run --frames 600\` shows it at work without any such device`,
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
