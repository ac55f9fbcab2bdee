/** Which connector, CRTC and primary plane make up a head. */
import type { KmsNode } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { format, type Connector, type CrtcId, type PlaneId } from '../ffi/index.js';

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
type Taken = Pick<Pipe, 'connector' | 'crtc'>;

/**
 * `name` is a connector's, e.g. `Virtual-1`, or undefined for the first that is
 * connected; other heads of the same display have `taken` theirs.
 */
export function choosePipe(display: KmsNode, name: string | undefined, taken: readonly Taken[] = []): Pipe {
  const connectors = listConnectors(display);
  const free = connectors.filter(({ id }) => !taken.some(({ connector }) => connector.id === id));
  const connector = chooseConnector(display, name === undefined ? free : connectors, name);
  if (!free.includes(connector)) throw takenError(display, connector);
  return pipeOf(display, connector, connectors.indexOf(connector), taken);
}

/** For a head that had this connector before its device went: plugged in or not. */
export function pipeAt(display: KmsNode, connectorIndex: number, taken: readonly Taken[]): Pipe {
  const connector = listConnectors(display)[connectorIndex];
  if (connector === undefined)
    throw new GuestheadError('ERR_NO_CONNECTOR', `The display has no connector ${connectorIndex} any more`, {
      device: display.path,
      advice: 'give QEMU’s virtio-gpu device its max_outputs again',
    });
  if (taken.some((other) => other.connector.id === connector.id)) throw takenError(display, connector);
  return pipeOf(display, connector, connectorIndex, taken);
}

function pipeOf(display: KmsNode, connector: Connector, connectorIndex: number, taken: readonly Taken[]): Pipe {
  const { crtc, index } = chooseCrtc(
    display,
    connector,
    taken.map((other) => other.crtc),
  );
  return { connector, connectorIndex, crtc, crtcIndex: index, plane: choosePrimaryPlane(display, crtc, index) };
}

function takenError(display: KmsNode, { name }: Connector): GuestheadError {
  return new GuestheadError('ERR_USAGE', `${name} has a head already`, { device: display.path });
}

/** All of the device's connectors, asked anew. */
export function listConnectors({ kms }: KmsNode): Connector[] {
  return kms.getResources().connectors.map((id) => kms.getConnector(id, { probe: true }));
}

function chooseConnector(display: KmsNode, all: readonly Connector[], name: string | undefined): Connector {
  const plugged = all.filter(({ status }) => status === 'connected');
  const wanted =
    name === undefined
      ? (plugged.find(({ modes }) => modes.length > 0) ?? plugged[0])
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

/** The CRTC that drives the connector already, else the first that can; never another head's. */
function chooseCrtc(display: KmsNode, connector: Connector, taken: readonly CrtcId[]): { crtc: CrtcId; index: number } {
  const { crtcs } = display.kms.getResources();
  const encoders = connector.encoders.map((id) => display.kms.getEncoder(id));
  const active = encoders.find(({ id }) => id === connector.encoder)?.crtc;
  const possible = encoders.reduce((mask, encoder) => mask | encoder.possibleCrtcs, 0);
  const usable = (id: CrtcId, bit: number) => !taken.includes(id) && ((possible >>> bit) & 1) === 1;
  const driving = crtcs.findIndex((id, bit) => id === active && usable(id, bit));
  const index = driving >= 0 ? driving : crtcs.findIndex(usable);
  const crtc = crtcs[index];
  if (crtc !== undefined) return { crtc, index };
  throw new GuestheadError('ERR_NO_PLANE', `No CRTC can drive ${connector.name}`, { device: display.path });
}

function choosePrimaryPlane(display: KmsNode, crtc: CrtcId, crtcIndex: number): PlaneId {
  for (const id of display.kms.getPlanes()) {
    const plane = display.kms.getPlane(id);
    const type = display.properties(id, 'plane').get('type');
    const isPrimary = type !== undefined && type.value === type.enums.get('Primary');
    const fits = ((plane.possibleCrtcs >>> crtcIndex) & 1) === 1 && plane.formats.includes(format.XRGB8888);
    if (isPrimary && fits) return id;
  }
  throw new GuestheadError('ERR_NO_PLANE', `CRTC ${crtc} has no primary plane for XRGB8888`, {
    device: display.path,
  });
}
