/** What a head has claimed of the GPUs: a connector with its CRTC and plane, so that no other head takes them. */
import type { DisplayModel } from '../ffi/index.js';
import type { GpuPair, OpenGpus } from '../gpus/index.js';
import { choosePipe, Modeset, pipeAt, type Pipe } from '../kms/index.js';

/** The GPUs are those that the claim was made on, also once they are lost. */
export interface Claim extends OpenGpus {
  readonly pipe: Pipe;
  /** Knows what the pipe showed before. */
  readonly modeset: Modeset;
  readonly model: DisplayModel | undefined;
  /** Lets another head have the connector. Idempotent. */
  readonly release: () => void;
}

/** `name` as in `choosePipe`. */
export function claim(pair: GpuPair, name: string | undefined): Claim {
  const { node, device } = pair.gpus.display;
  const pipe = choosePipe(node, name, pair.claims());
  return claimPipe(pair, pipe, new Modeset(node, device, pipe));
}

/**
 * The same connector of a pair whose devices came back, in place of `before`, which is
 * released. On a display that stayed, what it showed before us is still to be given back.
 */
export function claimAgain(pair: GpuPair, before: Claim): Claim {
  before.release();
  const { display } = pair.gpus;
  const pipe = pipeAt(display.node, before.pipe.connectorIndex, pair.claims());
  const modeset = before.display === display ? before.modeset : new Modeset(display.node, display.device, pipe);
  return claimPipe(pair, pipe, modeset);
}

function claimPipe(pair: GpuPair, pipe: Pipe, modeset: Modeset): Claim {
  const { gpus } = pair;
  const model = gpus.display.node.kms.connectorModel(pipe.connector.id);
  const release = pair.claim(pipe);
  return { ...gpus, pipe, modeset, model, release };
}
