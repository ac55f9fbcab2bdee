/** Who made a display and what it calls itself: from its EDID, by libdisplay-info. */
import { constants } from 'node:os';
import { GuestheadError } from '../errors.js';
import type { BlobId, ConnectorId } from './ids.js';
import type { Address } from './library.js';
import { libdisplayInfo } from './libdisplay-info-library.js';
import { decodeAndFree } from './libdrm-library.js';
import { getBlob, getProperties } from './libdrm-properties.js';
import { copyString, freeMemory } from './memory.js';

export interface DisplayModel {
  /** The maker's name, or its three-letter code in a form of the library's where it is not registered. */
  readonly make: string | undefined;
  readonly model: string | undefined;
  readonly serial: string | undefined;
}

type Library = ReturnType<typeof libdisplayInfo>;
const unknown: DisplayModel = { make: undefined, model: undefined, serial: undefined };

/**
 * Undefined for bytes that are no EDID. libdisplay-info is optional: where it is
 * missing, all is undefined.
 */
export function describeEdid(blob: Uint8Array, load: () => Library = libdisplayInfo): DisplayModel | undefined {
  const library = loadIfPresent(load);
  if (library === undefined) return unknown;
  const { di_info_parse_edid: parse, di_info_destroy: destroy } = library;
  const address = parse(Buffer.from(blob), blob.byteLength);
  if (address === 0n) return undefined;
  return decodeAndFree(address, destroy, (info) => ({
    make: ownedString(library.di_info_get_make(info)),
    model: ownedString(library.di_info_get_model(info)),
    serial: ownedString(library.di_info_get_serial(info)),
  }));
}

/**
 * The display on a connector; undefined where the connector has no EDID, as when
 * nothing is connected. `fd` is an open primary node, owned by the caller.
 */
export function connectorModel(fd: number, connector: ConnectorId): DisplayModel | undefined {
  const blob = Number(getProperties(fd, connector, 'connector').get('EDID')?.value ?? 0n) as BlobId;
  if (blob === 0) return undefined;
  try {
    return describeEdid(getBlob(fd, blob));
  } catch (error) {
    const isReplaced = error instanceof GuestheadError && error.errno === constants.errno.ENOENT;
    if (isReplaced) return undefined; // a hotplug between the two calls brought another
    throw error;
  }
}

function loadIfPresent(load: () => Library): Library | undefined {
  try {
    return load();
  } catch (error) {
    if (error instanceof GuestheadError && error.code === 'ERR_LIBRARY_MISSING') return undefined;
    throw error;
  }
}

function ownedString(address: Address): string | undefined {
  return address === 0n ? undefined : decodeAndFree(address, freeMemory, copyString);
}
