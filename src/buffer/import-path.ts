/**
 * The `import` path: GBM buffer on the render GPU → dma-buf → GEM handle on the
 * display → framebuffer. No pixel is copied.
 */
import { closeSync, fstatSync } from 'node:fs';
import type { DrmNode } from '../device/index.js';
import { GuestheadError, errnoName, errnoOf } from '../errors.js';
import {
  addFramebuffer,
  closeFramebuffer,
  closeGemHandle,
  format,
  gbmUsage,
  primeFdToHandle,
  primeHandleToFd,
  type DmabufFd,
  type FramebufferId,
  type GbmBuffer,
  type GbmDevice,
  type GemHandle,
} from '../ffi/index.js';
import type { Native } from '../native.js';
import { Owner } from '../owner.js';
import { checkLayout, type PictureLayout } from './check.js';
import { ScanoutBuffer } from './scanout-buffer.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface ImportDevices {
  readonly native: Native;
  /** The render GPU's allocator; stays the caller's. */
  readonly gbm: GbmDevice;
  readonly display: DrmNode;
  /** The node that `gbm` was made on. */
  readonly render: DrmNode;
}

/** One backbuffer by the import path, or ERR_ALLOCATION, ERR_UNSUPPORTED, ERR_IMPORT_REFUSED with nothing left open. */
export function createImportedBuffer(devices: ImportDevices, size: Size): ScanoutBuffer {
  const owner = new Owner();
  return owner.guard(() => {
    const bo = owner.own(allocate(devices.gbm, size), (buffer) => {
      buffer.close();
    });
    const fd = owner.own(exportForWriting(devices.render, bo), closeSync);
    const layout = layoutOf(bo, fd);
    checkLayout(layout);
    const framebuffer = owner.own(importFramebuffer(devices, layout, fd), (id) => {
      closeFramebuffer(devices.display.fd, id);
    });
    return new ScanoutBuffer(devices.native, layout, framebuffer, fd, owner);
  });
}

/** Linear, since virtio-gpu tells the host no modifier. */
function allocate(gbm: GbmDevice, { width, height }: Size): GbmBuffer {
  const usage = gbmUsage.linear | gbmUsage.rendering;
  return gbm.createBuffer({ width, height, format: format.XRGB8888, usage });
}

/** Not gbm_bo_get_fd: before Mesa 23 its software rasteriser exports read-only, and such a dma-buf cannot be mapped for drawing. */
function exportForWriting(render: DrmNode, bo: GbmBuffer): DmabufFd {
  return primeHandleToFd(render.fd, bo.handle, { readWrite: true });
}

function layoutOf(bo: GbmBuffer, fd: DmabufFd): PictureLayout {
  return {
    width: bo.width,
    height: bo.height,
    format: bo.format,
    stride: bo.stride(),
    offset: bo.offset(0),
    modifier: bo.modifier,
    size: fstatSync(fd).size,
  };
}

/** The framebuffer keeps the memory: the GEM handle lives only as long as AddFB2 needs it. */
function importFramebuffer(devices: ImportDevices, layout: PictureLayout, fd: DmabufFd): FramebufferId {
  const { display } = devices;
  const handle = importHandle(devices, fd);
  try {
    const { width, height, stride, offset } = layout;
    return addFramebuffer(display.fd, {
      width,
      height,
      format: layout.format,
      planes: [{ handle, pitch: stride, offset }],
    });
  } finally {
    closeGemHandle(display.fd, handle);
  }
}

function importHandle({ display, render }: ImportDevices, fd: DmabufFd): GemHandle {
  try {
    return primeFdToHandle(display.fd, fd);
  } catch (cause) {
    const errno = errnoOf(cause);
    throw new GuestheadError('ERR_IMPORT_REFUSED', `${display.driver} refused the buffer of ${render.driver}`, {
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
