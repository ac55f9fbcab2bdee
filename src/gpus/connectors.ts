/** The display's connectors, for people and compositors to choose by. */
import type { Connector } from '../ffi/index.js';
import { listConnectors } from '../kms/index.js';
import type { OpenGpus } from './open-gpus.js';

export interface ConnectorInfo {
  readonly name: string;
  readonly status: Connector['status'];
  /** From the EDID; undefined where there is none, or no libdisplay-info. */
  readonly make: string | undefined;
  readonly model: string | undefined;
}

/** Asked anew. */
export function connectorsOf({ display: { node } }: OpenGpus): ConnectorInfo[] {
  return listConnectors(node).map(({ id, name, status }) => {
    const { make, model } = node.kms.connectorModel(id) ?? { make: undefined, model: undefined };
    return { name, status, make, model };
  });
}
