/** Which CRTC and which primary plane a connector gets, where several connectors share them. */
import type { KmsNode } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { format, formatName, type Connector, type CrtcId, type PlaneId } from '../ffi/index.js';

export interface ChosenCrtc {
  readonly crtc: CrtcId;
  /** In the device's list. */
  readonly index: number;
}

/**
 * The CRTC that drives the connector already, else the one that the other connectors miss least; never another
 * head's. `others` are the connectors that may want one too.
 */
export function chooseCrtc(
  display: KmsNode,
  connector: Connector,
  taken: readonly CrtcId[],
  others: readonly Connector[],
): ChosenCrtc {
  const { crtcs } = display.kms.getResources();
  const { active, possible } = reachOf(display, connector);
  const usable = crtcs.flatMap((crtc, index) =>
    !taken.includes(crtc) && ((possible >>> index) & 1) === 1 ? [{ crtc, index }] : [],
  );
  const best = usable.find(({ crtc }) => crtc === active) ?? leastMissed(display, usable, others);
  if (best !== undefined) return best;
  throw new GuestheadError('ERR_NO_PLANE', `No CRTC can drive ${connector.name}`, { device: display.path });
}

/** The CRTC in use, and a bit for each that can be used. */
function reachOf(display: KmsNode, connector: Connector): { active: CrtcId | undefined; possible: number } {
  const encoders = connector.encoders.map((id) => display.kms.getEncoder(id));
  return {
    active: encoders.find(({ id }) => id === connector.encoder)?.crtc,
    possible: encoders.reduce((mask, encoder) => mask | encoder.possibleCrtcs, 0),
  };
}

/** One that drives nothing before one that drives another connector, and one that few can use before one that many can. */
function leastMissed(
  display: KmsNode,
  usable: readonly ChosenCrtc[],
  others: readonly Connector[],
): ChosenCrtc | undefined {
  if (usable.length < 2) return usable[0];
  const reaches = others.map((other) => reachOf(display, other));
  const missed = ({ crtc, index }: ChosenCrtc) =>
    reaches.reduce((sum, { active, possible }) => sum + (active === crtc ? 100 : (possible >>> index) & 1), 0);
  return [...usable].sort((a, b) => missed(a) - missed(b))[0];
}

interface Candidate {
  readonly id: PlaneId;
  readonly formats: readonly number[];
  /** Smaller is better. */
  readonly rank: number;
}

/**
 * A primary plane that no other head has: the one that the CRTC shows already, else the one that is meant for it,
 * the n-th primary for the n-th CRTC, as the kernel's own helpers pair them, else one that is idle.
 */
export function choosePrimaryPlane(display: KmsNode, { crtc, index }: ChosenCrtc, taken: readonly PlaneId[]): PlaneId {
  const candidates = primaryPlanes(display)
    .flatMap((plane, nth): Candidate[] => {
      const { id, formats, possibleCrtcs } = plane;
      if (((possibleCrtcs >>> index) & 1) === 0 || taken.includes(id)) return [];
      const isIdle = plane.crtc === undefined;
      return [{ id, formats, rank: plane.crtc === crtc ? 0 : isIdle ? (nth === index ? 1 : 2) : 3 }];
    })
    .sort((a, b) => a.rank - b.rank);
  const fit = candidates.find(({ formats }) => formats.includes(format.XRGB8888));
  if (fit !== undefined) return fit.id;
  const formats = [...new Set(candidates.flatMap((plane) => plane.formats))].map(formatName).join(', ');
  throw new GuestheadError('ERR_NO_PLANE', `CRTC ${crtc} has no primary plane for XRGB8888`, {
    device: display.path,
    ...(formats === '' ? {} : { advice: `it shows ${formats} only: choose another display with --display` }),
  });
}

function primaryPlanes(display: KmsNode) {
  return display.kms.getPlanes().flatMap((id) => {
    const type = display.properties(id, 'plane').get('type');
    const isPrimary = type !== undefined && type.value === type.enums.get('Primary');
    return isPrimary ? [display.kms.getPlane(id)] : [];
  });
}
