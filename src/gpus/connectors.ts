/** The display's connectors, for people and compositors to choose by. */
import {
  concat,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  of,
  startWith,
  switchMap,
  take,
  timer,
  type Observable,
} from 'rxjs';
import { GuestheadError } from '../errors.js';
import type { KmsNode } from '../device/index.js';
import type { Connector } from '../ffi/index.js';
import { listConnectors } from '../kms/index.js';
import type { OpenGpus } from './open-gpus.js';
import type { PairChange } from './pair-change.js';

export interface ConnectorMode {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly refreshHz: number;
  /** By the display: on virtio-gpu the size that the host gives the head. */
  readonly preferred: boolean;
}

export interface ConnectorInfo {
  /** The kernel's object id: another one after the device was lost and came back. */
  readonly id: number;
  readonly name: string;
  readonly status: Connector['status'];
  /** As the kernel sorts them, the preferred one first; none where nothing is connected. */
  readonly modes: readonly ConnectorMode[];
  /** The picture's size in millimetres; undefined where the display does not say. */
  readonly sizeMm: { readonly width: number; readonly height: number } | undefined;
  /** From the EDID; undefined where there is none, or no libdisplay-info. */
  readonly make: string | undefined;
  readonly model: string | undefined;
  readonly serial: string | undefined;
}

/** Asked anew. */
export function connectorsOf({ display: { node } }: OpenGpus): ConnectorInfo[] {
  return listConnectors(node).map((connector) => infoOf(node, connector));
}

function infoOf(
  { kms }: Pick<KmsNode, 'kms'>,
  { id, name, status, modes, widthMm, heightMm }: Connector,
): ConnectorInfo {
  const { make, model, serial } = kms.connectorModel(id) ?? { make: undefined, model: undefined, serial: undefined };
  return {
    id,
    name,
    status,
    modes: modes.map(({ width, height, refreshHz, preferred }) => ({ width, height, refreshHz, preferred })),
    sizeMm: widthMm > 0 && heightMm > 0 ? { width: widthMm, height: heightMm } : undefined,
    make,
    model,
    serial,
  };
}

/** The kernel reads EDID and size one after the other, and drops a preferred mode of another size meanwhile. */
const settleMs = 500;

/**
 * The list as it is now, then each time that it has changed after a hotplug or a device's return. A connected
 * head without a preferred mode is looked at once more, after `settle$`. While the display is gone
 * there is no list, and none is emitted.
 */
export function connectorLists(
  changes$: Observable<PairChange>,
  list: () => ConnectorInfo[],
  settle$: Observable<unknown> = timer(settleMs),
): Observable<ConnectorInfo[]> {
  const look$ = defer(() => listed(list));
  const again = (now: ConnectorInfo[]) =>
    now.some(isUnsettled)
      ? settle$.pipe(
          take(1),
          switchMap(() => look$),
        )
      : EMPTY;
  return changes$.pipe(
    filter(({ kind }) => kind === 'hotplug' || kind === 'back'),
    startWith(undefined),
    switchMap(() => look$.pipe(switchMap((now) => concat(of(now), again(now))))),
    distinctUntilChanged((before, now) => JSON.stringify(before) === JSON.stringify(now)),
  );
}

function listed(list: () => ConnectorInfo[]): Observable<ConnectorInfo[]> {
  try {
    return of(list());
  } catch (error) {
    if (error instanceof GuestheadError && error.code === 'ERR_DEVICE_LOST') return EMPTY;
    throw error;
  }
}

function isUnsettled({ status, modes }: ConnectorInfo): boolean {
  return status === 'connected' && !modes.some(({ preferred }) => preferred);
}
