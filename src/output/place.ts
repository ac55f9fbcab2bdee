/** Where a head is: a connector of a display, claimed so that no other head takes it. */
import { connectorModel, type DisplayModel } from '../ffi/index.js';
import type { Display } from './display.js';
import { choosePipeline } from './pipeline.js';
import { Screen } from './screen.js';
import type { Place } from './session.js';

export interface ClaimedPlace extends Place {
  readonly backend: string;
  readonly model: DisplayModel | undefined;
  /** Lets another head have the connector. Idempotent. */
  readonly release: () => void;
}

/**
 * `name` as in `choosePipeline`. `before`: the place on the same device whose screen
 * is ours already; what was on it before us is still to be given back.
 */
export function openPlace(display: Display, name: string | undefined, before?: Place): ClaimedPlace {
  const devices = display.devices;
  const { node, device } = devices.shows;
  const pipeline = choosePipeline(node, name, display.claims());
  const screen = before?.shows === devices.shows ? before.screen : new Screen(node, device, pipeline);
  const model = connectorModel(node.fd, pipeline.connector.id);
  const release = display.claim(pipeline);
  return { ...devices, pipeline, screen, model, backend: devices.renders.gbm.backendName, release };
}
