/**
 * Properties and blobs of KMS objects. `fd` is an open primary node, owned by the
 * caller. A failed call throws GuestheadError, `ERR_PERMISSION`,
 * `ERR_DEVICE_LOST` or `ERR_SYSTEM` with `errno`.
 */
import { objectType } from './constants.js';
import { check, checkEnded, checkPointer } from './failures.js';
import type { BlobId, ConnectorId, CrtcId, PlaneId, PropertyId } from './ids.js';
import type { Address } from './library.js';
import { decodeAndFree, libdrm } from './libdrm-library.js';
import { copyMemory, copyUint32s, copyUint64s } from './memory.js';
import { StructReader, structs } from './structs.js';

export interface Property {
  readonly id: PropertyId;
  /** As it is now: an id, a blob's id, a number, or an enum's value. */
  readonly value: bigint;
  /** DRM_MODE_PROP_* */
  readonly flags: number;
  /** An enum's or bitmask's values by name (a bitmask's are bit numbers); otherwise empty. */
  readonly enums: ReadonlyMap<string, bigint>;
}

/** What a property is, whichever object has it and whatever its value: the same for as long as the device lives. */
type Definition = Pick<Property, 'flags' | 'enums'> & { readonly name: string };

/** Of one device, by id. */
export type PropertyDefinitions = Map<PropertyId, Definition>;

/**
 * The object's properties by name. Those that only atomic clients see need
 * `clientCapability.atomic`. `known`: what this device's properties are, as found so far;
 * each is asked for once, because a start asks for the same ones many times.
 */
export function getProperties(
  fd: number,
  object: CrtcId | ConnectorId | PlaneId,
  kind: 'crtc' | 'connector' | 'plane',
  known: PropertyDefinitions = new Map(),
): ReadonlyMap<string, Property> {
  const { drmModeObjectGetProperties, drmModeFreeObjectProperties } = libdrm();
  const what = `Cannot read the properties of ${kind} ${object}`;
  const call = { fd, operation: 'drmModeObjectGetProperties', what };
  const address = checkPointer(drmModeObjectGetProperties(fd, object, objectType[kind]), call);
  const { ids, values } = decodeAndFree(address, drmModeFreeObjectProperties, decodeValues);
  return new Map(
    ids.map((id, index) => {
      const { name, ...definition } = known.get(id) ?? define(fd, id, known);
      return [name, { id, value: values[index] ?? 0n, ...definition }];
    }),
  );
}

function decodeValues(address: Address): { ids: PropertyId[]; values: bigint[] } {
  const properties = StructReader.at(structs.drmModeObjectProperties, address);
  const count = properties.uint32('count_props');
  return {
    ids: copyUint32s(properties.address('props'), count) as PropertyId[],
    values: copyUint64s(properties.address('prop_values'), count),
  };
}

function define(fd: number, id: PropertyId, known: PropertyDefinitions): Definition {
  const { drmModeGetProperty, drmModeFreeProperty } = libdrm();
  const call = { fd, operation: 'drmModeGetProperty', what: `Cannot read property ${id}` };
  const definition = decodeAndFree(checkPointer(drmModeGetProperty(fd, id), call), drmModeFreeProperty, (address) => {
    const property = StructReader.at(structs.drmModePropertyRes, address);
    const enums = decodeEnums(property.address('enums'), property.uint32('count_enums'));
    return { name: property.name('name'), flags: property.uint32('flags'), enums };
  });
  known.set(id, definition);
  return definition;
}

function decodeEnums(address: Address, count: number): Map<string, bigint> {
  const layout = structs.drm_mode_property_enum;
  const readers = Array.from({ length: count }, (_, index) =>
    StructReader.at(layout, address + BigInt(index * layout.size)),
  );
  return new Map(readers.map((entry) => [entry.name('name'), entry.uint64('value')]));
}

/** A copy of the blob's bytes. */
export function getBlob(fd: number, id: BlobId): Buffer {
  const { drmModeGetPropertyBlob, drmModeFreePropertyBlob } = libdrm();
  const call = { fd, operation: 'drmModeGetPropertyBlob', what: `Cannot read blob ${id}` };
  return decodeAndFree(checkPointer(drmModeGetPropertyBlob(fd, id), call), drmModeFreePropertyBlob, (address) => {
    const blob = StructReader.at(structs.drmModePropertyBlobRes, address);
    return copyMemory(blob.address('data'), blob.uint32('length'));
  });
}

/** The kernel copies the bytes. The caller owns the blob: `destroyBlob`, or the end of the open file, frees it. */
export function createBlob(fd: number, data: Uint8Array): BlobId {
  const id = Buffer.alloc(4);
  const result = libdrm().drmModeCreatePropertyBlob(fd, Buffer.from(data), data.byteLength, id);
  check(result, { fd, operation: 'drmModeCreatePropertyBlob', what: 'Cannot create a blob' });
  return id.readUInt32LE() as BlobId;
}

/** A blob that the current state still uses lives on until that state is replaced. */
export function destroyBlob(fd: number, id: BlobId): void {
  const result = libdrm().drmModeDestroyPropertyBlob(fd, id);
  checkEnded(result, { fd, operation: 'drmModeDestroyPropertyBlob', what: `Cannot destroy blob ${id}` });
}
