/** Where a head is: a connector of a display, claimed so that no other head takes it. */
import { connectorModel, type DisplayModel } from '../ffi/index.js';
import { choosePipeline, pipelineAt, type Pipeline } from '../kms/index.js';
import { Screen } from '../kms/index.js';
import type { Place } from './buffer-set.js';
import type { SharedDevices } from '../gpus/index.js';

export interface ClaimedPlace extends Place {
  readonly backend: string;
  readonly model: DisplayModel | undefined;
  /** Lets another head have the connector. Idempotent. */
  readonly release: () => void;
}

/** `name` as in `choosePipeline`. */
export function openPlace(shared: SharedDevices, name: string | undefined): ClaimedPlace {
  const { node, device } = shared.devices.shows;
  const pipeline = choosePipeline(node, name, shared.claims());
  return claimPlace(shared, pipeline, new Screen(node, device, pipeline));
}

/**
 * The same connector of a display whose devices came back, in place of `before`, which is
 * released. On the device that stayed, what its screen showed before us is still to be given back.
 */
export function reopenPlace(shared: SharedDevices, before: ClaimedPlace): ClaimedPlace {
  before.release();
  const { shows } = shared.devices;
  const pipeline = pipelineAt(shows.node, before.pipeline.connectorIndex, shared.claims());
  const screen = before.shows === shows ? before.screen : new Screen(shows.node, shows.device, pipeline);
  return claimPlace(shared, pipeline, screen);
}

function claimPlace(shared: SharedDevices, pipeline: Pipeline, screen: Screen): ClaimedPlace {
  const { devices } = shared;
  const model = connectorModel(devices.shows.node.fd, pipeline.connector.id);
  const release = shared.claim(pipeline);
  return { ...devices, pipeline, screen, model, backend: devices.renders.gbm.backendName, release };
}
