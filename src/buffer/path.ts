/** What the four buffer paths have in common. */
import { closeSync } from 'node:fs';
import type { Allocator, GpuNode, KmsNode } from '../device/index.js';
import { GuestheadError, errnoName, errnoOf } from '../errors.js';
import { format, gbmUsage, LINEAR, type DmabufFd, type FramebufferId, type GemHandle } from '../ffi/index.js';
import type { Native } from '../native/index.js';
import type { Owner } from '../owner.js';
import { checkLayout, type PictureLayout } from './check.js';
import { sizeOf } from './dmabuf.js';
import type { GemHandles } from './gem-handles.js';
import type { ScanoutBuffer } from './scanout-buffer.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface PathDevices {
  readonly native: Native;
  /** The render GPU's allocator; stays the caller's. */
  readonly gbm: Allocator;
  /** The node that `gbm` was made on. */
  readonly render: GpuNode;
  readonly display: KmsNode;
  /** Of `display`'s open file. */
  readonly handles: GemHandles;
  /** Who draws into the buffers. */
  readonly source: 'cpu' | 'gpu';
}

/** Makes one backbuffer, or throws a GuestheadError with nothing left open. */
export type CreateBuffer = (devices: PathDevices, size: Size) => ScanoutBuffer;

/** What buffers on the render GPU are made for. Linear, since virtio-gpu tells the host no modifier. */
export const renderUsage = gbmUsage.linear | gbmUsage.rendering;

/** A linear XRGB8888 picture of a dma-buf, its size as the kernel tells it. */
export function linearLayout({ width, height }: Size, stride: number, fd: DmabufFd): PictureLayout {
  return { width, height, format: format.XRGB8888, stride, offset: 0, modifier: LINEAR, size: sizeOf(fd) };
}

/**
 * Read-write, and not by gbm_bo_get_fd: before Mesa 23 its software rasteriser
 * exports read-only, and such a dma-buf cannot be mapped for drawing.
 */
export function exportOwned(owner: Owner, node: GpuNode, handle: GemHandle): DmabufFd {
  return owner.own(node.buffers.primeHandleToFd(handle, { readWrite: true }), closeSync);
}

/** PRIME import and AddFB2. The framebuffer keeps the memory: the GEM handle lives only as long as AddFB2 needs it. */
export function importOwned(
  owner: Owner,
  { display, handles }: PathDevices,
  layout: PictureLayout,
  fd: DmabufFd,
  from: string,
): FramebufferId {
  checkLayout(layout);
  const handle = importHandle(display, handles, fd, from);
  try {
    return framebufferOwned(owner, display, layout, handle);
  } finally {
    handles.release(handle);
  }
}

export function framebufferOwned(
  owner: Owner,
  display: KmsNode,
  layout: PictureLayout,
  handle: GemHandle,
): FramebufferId {
  const { width, height, stride, offset } = layout;
  const planes = [{ handle, pitch: stride, offset }];
  return owner.own(display.buffers.addFramebuffer({ width, height, format: layout.format, planes }), (id) => {
    display.buffers.closeFramebuffer(id);
  });
}

/** Ends with `handles.release`. Throws ERR_IMPORT_REFUSED with advice. */
export function importHandle(display: GpuNode, handles: GemHandles, fd: DmabufFd, from: string): GemHandle {
  try {
    return handles.import(fd);
  } catch (cause) {
    const errno = errnoOf(cause);
    throw new GuestheadError('ERR_IMPORT_REFUSED', `${display.driver} refused the buffer of ${from}`, {
      operation: 'drmPrimeFDToHandle',
      device: display.path,
      errno,
      cause,
      advice: importAdvice[errnoName(errno ?? 0)] ?? 'see `dmesg` in the guest for the exporter’s reason',
    });
  }
}

/** Source: virtgpu_gem_prime_import() and the exporters' pin and attach callbacks. */
const importAdvice: Record<string, string> = {
  ENODEV:
    'virtio-gpu takes foreign buffers with Linux 6.14 or later in the guest (6.16 advised), `blob=true` on QEMU’s virtio-gpu device, and virgl off',
  EOPNOTSUPP: 'the render GPU cannot place the buffer in system memory; allocate it there, not in VRAM',
  EINVAL: 'the render GPU holds the buffer pinned elsewhere; allocate it in system memory, not in VRAM',
  EBUSY: 'the render GPU is using the buffer; finish rendering before the import',
  ENOMEM: 'give the guest more memory',
};
