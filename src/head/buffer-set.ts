/** What one mode on one buffer path needs; replaced as a whole when either changes. */
import { climbDown, type PathName, type Refusal, type Rung, type ScanoutBuffer } from '../buffer/index.js';
import type { Mode } from '../ffi/index.js';
import type { Owner } from '../owner.js';
import type { Claim } from './claim.js';
import type { CheckedHeadOptions } from './options.js';

export interface BufferSet {
  readonly mode: Mode;
  readonly path: PathName;
  /** The better paths that were refused. */
  readonly refused: readonly Refusal[];
  /** Those that there are by now. */
  readonly buffers: readonly ScanoutBuffer[];
  /** As many as there are to be. */
  readonly most: number;
  /** Makes another; undefined where there are to be no more. Throws as its path does, once: then there are as many as there are to be. */
  readonly another: () => ScanoutBuffer | undefined;
  /** Closes the buffers. */
  readonly owner: Owner;
}

/** What can be flipped between. */
const fewest = 2;

/** Allocates the backbuffers by the first of the paths that works, down to a TEST_ONLY commit. Changes nothing on the screen. */
export async function openBufferSet(
  { native, display, render, modeset }: Claim,
  mode: Mode,
  paths: readonly PathName[],
  { buffers, allocation, update, source }: Pick<CheckedHeadOptions, 'buffers' | 'allocation' | 'update' | 'source'>,
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
  const most = update === 'dirtyfb' ? 1 : buffers;
  const count = allocation === 'ahead' ? most : Math.min(most, fewest);
  const rung = await climbDown(paths, devices, mode, count, ({ framebuffer }) => {
    modeset.test(mode, framebuffer);
  });
  return { ...rung, ...growing(rung, most), mode, refused: [...refusedBefore, ...rung.refused] };
}

function growing({ buffers: first, another }: Rung, most: number): Pick<BufferSet, 'buffers' | 'most' | 'another'> {
  const buffers = [...first];
  let hasFailed = false;
  return {
    buffers,
    most,
    another: () => {
      if (hasFailed || buffers.length >= most) return undefined;
      hasFailed = true;
      const buffer = another();
      hasFailed = false;
      buffers.push(buffer);
      return buffer;
    },
  };
}
