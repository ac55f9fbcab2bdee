/** Builds atomic requests by property names; for what is committed once, not for every frame. */
import type { KmsNode } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import type { ConnectorId, CrtcId, PlaneId, PropertyId } from '../ffi/index.js';
import type { AtomicRequest } from '../native/index.js';

export type ObjectKind = 'connector' | 'crtc' | 'plane';
type ObjectId = ConnectorId | CrtcId | PlaneId;
type Assignment = readonly [object: number, property: PropertyId, value: bigint];

export class AtomicBuilder {
  readonly #assignments: Assignment[] = [];

  constructor(private readonly display: KmsNode) {}

  /** Throws ERR_UNSUPPORTED where the object lacks one of the properties. */
  set(kind: ObjectKind, object: ObjectId, values: Readonly<Record<string, bigint>>): this {
    const properties = this.display.properties(object, kind);
    for (const [name, value] of Object.entries(values)) {
      const property = properties.get(name);
      if (property === undefined) throw lacks(this.display, kind, name);
      this.#assignments.push([object, property.id, value]);
    }
    return this;
  }

  build(): AtomicRequest {
    return {
      objects: Uint32Array.from(this.#assignments, ([object]) => object),
      properties: Uint32Array.from(this.#assignments, ([, property]) => property),
      values: BigUint64Array.from(this.#assignments, ([, , value]) => BigInt.asUintN(64, value)),
    };
  }
}

/** The values that these properties have now. */
export function readProperties(
  display: KmsNode,
  kind: ObjectKind,
  object: ObjectId,
  names: readonly string[],
): Record<string, bigint> {
  const properties = display.properties(object, kind);
  return Object.fromEntries(names.map((name) => [name, properties.get(name)?.value ?? 0n]));
}

/** The property's id, or 0 where the driver has none. */
export function propertyId(display: KmsNode, kind: ObjectKind, object: ObjectId, name: string): number {
  return display.properties(object, kind).get(name)?.id ?? 0;
}

function lacks({ path, driver }: KmsNode, kind: ObjectKind, name: string): GuestheadError {
  return new GuestheadError('ERR_UNSUPPORTED', `The ${kind} of ${driver} has no property ${name}`, { device: path });
}
