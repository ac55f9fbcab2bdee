/** What one mode on one buffer path needs; replaced as a whole when either changes. */
import { climbDown, type PathName, type Refusal, type ScanoutBuffer } from '../buffer/index.js';
import type { Mode } from '../ffi/index.js';
import type { Owner } from '../owner.js';
import type { Claim } from './claim.js';
import type { CheckedHeadOptions } from './options.js';

export interface BufferSet {
  readonly mode: Mode;
  readonly path: PathName;
  /** The better paths that were refused. */
  readonly refused: readonly Refusal[];
  readonly buffers: readonly ScanoutBuffer[];
  /** Closes the buffers. */
  readonly owner: Owner;
}

/** Allocates the backbuffers by the first of the paths that works, down to a TEST_ONLY commit. Changes nothing on the screen. */
export async function openBufferSet(
  { native, display, render, modeset }: Claim,
  mode: Mode,
  paths: readonly PathName[],
  { buffers, update, source }: Pick<CheckedHeadOptions, 'buffers' | 'update' | 'source'>,
  refusedBefore: readonly Refusal[] = [],
): Promise<BufferSet> {
  await render.answering().catch(() => undefined); // a path that needs the driver says so
  const devices = {
    native,
    gbm: render.gbm,
    render: render.node,
    display: display.node,
    handles: display.handles,
    source,
  };
  const count = update === 'dirtyfb' ? 1 : buffers;
  const rung = await climbDown(paths, devices, mode, count, ({ framebuffer }) => {
    modeset.test(mode, framebuffer);
  });
  return { ...rung, mode, refused: [...refusedBefore, ...rung.refused] };
}
