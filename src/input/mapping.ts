/** On which head the places of a tablet or touchscreen lie. */
import { GuestheadError } from '../errors.js';
import { parsePci } from '../pci-address.js';
import type { InputDevice } from './events.js';

type Placed = Pick<InputDevice, 'node' | 'name' | 'touch' | 'absolute' | 'path' | 'pciAddress'>;

/** What a user says: the device by its node, name or PCI address, and the connector. */
export interface GivenPlace {
  readonly device: string;
  readonly connector: string;
}

/** `0000:00:05.0=Virtual-2`. Throws ERR_USAGE. */
export function parseGivenPlace(text: string): GivenPlace {
  const equals = text.lastIndexOf('=');
  const [device, connector] = [text.slice(0, equals), text.slice(equals + 1)];
  if (equals > 0 && connector !== '') return { device, connector };
  throw new GuestheadError('ERR_USAGE', `Not DEVICE=CONNECTOR: ${text}`, {
    advice: 'the device is a node, its name or its PCI address: 0000:00:05.0=Virtual-1',
  });
}

/**
 * One rule: what the user says; else QEMU's order: the nth tablet on the buses lies on the nth head, so does the nth touchscreen, and
 * those that are left over lie on the first. So a sole head has all of them. `connectors` are those of the heads that are on, in
 * the display's order. Devices that tell no places are not in the answer.
 */
export function mapDevices<Device extends Placed>(
  devices: readonly Device[],
  connectors: readonly string[],
  given: readonly GivenPlace[] = [],
): Map<Device, string | undefined> {
  const places = new Map<Device, string | undefined>();
  const counts = { tablet: 0, touchscreen: 0 };
  const inOrder = devices.filter(({ absolute }) => absolute).sort(byPath);
  for (const device of inOrder) {
    const order = counts[device.touch ? 'touchscreen' : 'tablet']++;
    const wanted = given.find((place) => isMeant(device, place))?.connector;
    places.set(device, wanted ?? connectors[order] ?? connectors[0]);
  }
  return places;
}

function isMeant({ node, name, pciAddress }: Placed, { device }: GivenPlace): boolean {
  return device === node || device === name || (pciAddress !== undefined && isSamePci(device, pciAddress));
}

/** The domain may be left out. */
function isSamePci(wanted: string, address: string): boolean {
  const [one, other] = [parsePci(wanted), parsePci(address)];
  return one !== undefined && one.place === other?.place && (one.domain ?? other.domain) === other.domain;
}

/** By their place on the buses, step by step. */
function byPath(one: Placed, other: Placed): number {
  const [ones, others] = [one, other].map(({ path, node }) => [...path.split('/'), ...node.split('/')]) as [
    string[],
    string[],
  ];
  for (const [index, step] of ones.entries()) {
    const order = compareSteps(step, others[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** PCI addresses are hexadecimal, and as wide as each other; of ports, inputs and nodes the numbers count. */
function compareSteps(one: string, other: string): number {
  const arePci = parsePci(one) !== undefined && parsePci(other) !== undefined;
  return arePci ? (one < other ? -1 : Number(one > other)) : byNumbers().compare(one, other);
}

let collator: Intl.Collator | undefined;
/** Made where several devices are to be put in order: that loads tables of ICU's. */
const byNumbers = () => (collator ??= new Intl.Collator('en', { numeric: true }));
