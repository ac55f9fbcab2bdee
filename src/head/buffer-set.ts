/** What one mode on one buffer path needs; replaced as a whole when either changes. */
import { climbDown, type PathName, type Refusal, type ScanoutBuffer } from '../buffer/index.js';
import type { Mode } from '../ffi/index.js';
import type { Owner } from '../owner.js';
import type { Devices } from '../gpus/index.js';
import type { CheckedHeadOptions } from './options.js';
import type { Pipeline } from '../kms/index.js';
import type { Screen } from '../kms/index.js';

/** Where a head is: its devices, its connector with CRTC and plane, and what they showed before. */
export interface Place extends Devices {
  readonly pipeline: Pipeline;
  readonly screen: Screen;
}

export interface Session {
  readonly mode: Mode;
  readonly path: PathName;
  /** The better paths that were refused. */
  readonly refused: readonly Refusal[];
  readonly buffers: readonly ScanoutBuffer[];
  /** Closes the buffers. */
  readonly owner: Owner;
}

/** Allocates the backbuffers by the first of the paths that works, down to a TEST_ONLY commit. Changes nothing on the screen. */
export async function openSession(
  { native, shows, renders, screen }: Place,
  mode: Mode,
  paths: readonly PathName[],
  { buffers, present, source }: Pick<CheckedHeadOptions, 'buffers' | 'present' | 'source'>,
  refusedBefore: readonly Refusal[] = [],
): Promise<Session> {
  const devices = {
    native,
    gbm: renders.gbm,
    render: renders.node,
    display: shows.node,
    handles: shows.handles,
    source,
  };
  const count = present === 'dirtyfb' ? 1 : buffers;
  const rung = await climbDown(paths, devices, mode, count, ({ framebuffer }) => {
    screen.test(mode, framebuffer);
  });
  return { ...rung, mode, refused: [...refusedBefore, ...rung.refused] };
}
