/** Where a head is: a connector of a display, claimed so that no other head takes it. */
import { connectorModel, type DisplayModel } from '../ffi/index.js';
import type { Display } from './display.js';
import { choosePipeline, pipelineAt, type Pipeline } from './pipeline.js';
import { Screen } from './screen.js';
import type { Place } from './session.js';

export interface ClaimedPlace extends Place {
  readonly backend: string;
  readonly model: DisplayModel | undefined;
  /** Lets another head have the connector. Idempotent. */
  readonly release: () => void;
}

/** `name` as in `choosePipeline`. */
export function openPlace(display: Display, name: string | undefined): ClaimedPlace {
  const { node, device } = display.devices.shows;
  const pipeline = choosePipeline(node, name, display.claims());
  return claimPlace(display, pipeline, new Screen(node, device, pipeline));
}

/**
 * The same connector of a display whose devices came back, in place of `before`, which is
 * released. On the device that stayed, what its screen showed before us is still to be given back.
 */
export function reopenPlace(display: Display, before: ClaimedPlace): ClaimedPlace {
  before.release();
  const { shows } = display.devices;
  const pipeline = pipelineAt(shows.node, before.pipeline.connectorIndex, display.claims());
  const screen = before.shows === shows ? before.screen : new Screen(shows.node, shows.device, pipeline);
  return claimPlace(display, pipeline, screen);
}

function claimPlace(display: Display, pipeline: Pipeline, screen: Screen): ClaimedPlace {
  const { devices } = display;
  const model = connectorModel(devices.shows.node.fd, pipeline.connector.id);
  const release = display.claim(pipeline);
  return { ...devices, pipeline, screen, model, backend: devices.renders.gbm.backendName, release };
}
