/** Which connector, CRTC and primary plane make up a head. */
import type { KmsNode } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import type { Connector, CrtcId, PlaneId } from '../ffi/index.js';
import { chooseCrtc, choosePrimaryPlane } from './crtc-plane.js';

export interface Pipe {
  readonly connector: Connector;
  /** Its index in the device's list: QEMU's number of the head, which survives a rebind as its name does not. */
  readonly connectorIndex: number;
  readonly crtc: CrtcId;
  /** The CRTC's index in the device's list: its bit in `possibleCrtcs`. */
  readonly crtcIndex: number;
  readonly plane: PlaneId;
}

/** What another head of the same display has. */
type Taken = Pick<Pipe, 'connector' | 'crtc' | 'plane'>;

/**
 * `name` is a connector's, e.g. `Virtual-1`, or undefined for the first that is
 * connected; other heads of the same display have `taken` theirs. Where none is, one of which the kernel
 * cannot tell may be: analogue outputs, adapters without a hotplug pin. Source: enum drm_connector_status.
 */
export function choosePipe(display: KmsNode, name: string | undefined, taken: readonly Taken[] = []): Pipe {
  const connectors = listConnectors(display);
  const free = connectors.filter(({ id }) => !taken.some(({ connector }) => connector.id === id));
  const connector = chooseConnector(display, name === undefined ? free : connectors, name);
  if (!free.includes(connector)) throw takenError(display, connector);
  return pipeOf(display, connectors, connector, taken);
}

/** For a head that had this connector before its device went: plugged in or not. */
export function pipeAt(display: KmsNode, connectorIndex: number, taken: readonly Taken[]): Pipe {
  const connectors = listConnectors(display);
  const connector = connectors[connectorIndex];
  if (connector === undefined)
    throw new GuestheadError('ERR_NO_CONNECTOR', `The display has no connector ${connectorIndex} any more`, {
      device: display.path,
      advice: 'give QEMU’s virtio-gpu device its max_outputs again',
    });
  if (taken.some((other) => other.connector.id === connector.id)) throw takenError(display, connector);
  return pipeOf(display, connectors, connector, taken);
}

function pipeOf(
  display: KmsNode,
  connectors: readonly Connector[],
  connector: Connector,
  taken: readonly Taken[],
): Pipe {
  const isFree = ({ id }: Connector) => id !== connector.id && !taken.some((other) => other.connector.id === id);
  const others = connectors.filter((other) => other.status === 'connected' && isFree(other));
  const of = <K extends keyof Taken>(key: K) => taken.map((other) => other[key]);
  const chosen = chooseCrtc(display, connector, of('crtc'), others);
  const plane = choosePrimaryPlane(display, chosen, of('plane'));
  return {
    connector,
    connectorIndex: connectors.indexOf(connector),
    crtc: chosen.crtc,
    crtcIndex: chosen.index,
    plane,
  };
}

function takenError(display: KmsNode, { name }: Connector): GuestheadError {
  return new GuestheadError('ERR_USAGE', `${name} has a head already`, { device: display.path });
}

/** All of the device's connectors, asked anew. */
export function listConnectors({ kms }: KmsNode): Connector[] {
  return kms.getResources().connectors.map((id) => kms.getConnector(id, { probe: true }));
}

function hasModes({ modes }: Connector): boolean {
  return modes.length > 0;
}

function chooseConnector(display: KmsNode, all: readonly Connector[], name: string | undefined): Connector {
  const plugged = all.filter(({ status }) => status === 'connected');
  const wanted =
    name === undefined
      ? (plugged.find(hasModes) ?? all.find((one) => one.status === 'unknown' && hasModes(one)) ?? plugged[0])
      : all.find((connector) => connector.name === name);
  const list = all.map((connector) => `${connector.name} (${connector.status})`).join(', ') || 'none';
  const details = { device: display.path };
  if (wanted === undefined && name !== undefined)
    throw new GuestheadError('ERR_USAGE', `There is no connector '${name}'`, {
      ...details,
      advice: `valid choices: ${list}`,
    });
  if (wanted?.status === 'connected' && wanted.modes.length === 0)
    throw new GuestheadError('ERR_NO_CONNECTOR', `${wanted.name} is connected, but the kernel knows no mode of it`, {
      ...details,
      advice: `its EDID is missing or broken (the file edid of ${wanted.name} in /sys/class/drm): give the kernel another with drm.edid_firmware=${wanted.name}:edid/1920x1080.bin, or a mode with video=${wanted.name}:1920x1080@60e`,
    });
  if (wanted === undefined || wanted.modes.length === 0)
    throw new GuestheadError('ERR_NO_CONNECTOR', `No connected connector; found: ${list}`, {
      ...details,
      advice: 'show the head on the host: open its window, or set max_outputs and a size on QEMU’s virtio-gpu device',
    });
  return wanted;
}
