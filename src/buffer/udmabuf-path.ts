/**
 * The `udmabuf` path: ordinary memory made a dma-buf by /dev/udmabuf, imported
 * into the display, and into the render GPU where it takes it. No pixel is copied;
 * for pictures that the CPU draws first of all.
 */
import { closeSync } from 'node:fs';
import { GuestheadError, errnoName, errnoOf } from '../errors.js';
import type { DmabufFd } from '../ffi/index.js';
import type { Native } from '../native/index.js';
import { Owner } from '../owner.js';
import type { PictureLayout } from './check.js';
import { bytesPerPixel, paddedSize } from './padding.js';
import { importOwned, linearLayout, renderUsage, type PathDevices, type Size } from './path.js';
import { ScanoutBuffer } from './scanout-buffer.js';

export function createUdmabufBuffer(devices: PathDevices, size: Size): ScanoutBuffer {
  const { native } = devices;
  const owner = new Owner();
  return owner.guard(() => {
    const { stride, bytes } = udmabufMemory(size);
    const fd = owner.own(allocateUdmabuf(native, bytes), closeSync);
    const layout = linearLayout(size, stride, fd);
    const framebuffer = importOwned(owner, devices, layout, fd, 'udmabuf');
    importForDrawing(owner, devices, layout, fd);
    return new ScanoutBuffer({ native, layout, framebuffer, shownFd: fd, drawnFd: fd, owner });
  });
}

/** Bytes: from one row to the next, and in all. */
export function udmabufMemory(size: Size): { readonly stride: number; readonly bytes: number } {
  const { width, height } = paddedSize(size);
  const stride = width * bytesPerPixel;
  return { stride, bytes: stride * height };
}

/** The render GPU draws into it where it takes such memory; a CPU that draws does not need that. */
function importForDrawing(owner: Owner, { gbm, source }: PathDevices, layout: PictureLayout, fd: DmabufFd): void {
  try {
    owner.own(gbm.importDmabuf({ ...layout, fd, usage: renderUsage }));
  } catch (error) {
    if (source === 'gpu') throw error;
  }
}

/** A dma-buf of ordinary memory, the caller's. Throws ERR_ALLOCATION with advice. */
export function allocateUdmabuf(native: Pick<Native, 'createUdmabuf'>, bytes: number): DmabufFd {
  try {
    return native.createUdmabuf(bytes) as DmabufFd;
  } catch (cause) {
    const errno = errnoOf(cause);
    throw new GuestheadError('ERR_ALLOCATION', 'Could not make a dma-buf of ordinary memory', {
      operation: cause instanceof Error && 'syscall' in cause ? String(cause.syscall) : 'UDMABUF_CREATE',
      device: '/dev/udmabuf',
      errno,
      cause,
      advice: advice[errnoName(errno ?? 0)] ?? 'see `dmesg` in the guest',
    });
  }
}

const advice: Record<string, string> = {
  ENOENT: 'the guest kernel needs CONFIG_UDMABUF (`modprobe udmabuf`)',
  EACCES: 'give the user access to /dev/udmabuf, e.g. by the group `kvm`',
  EINVAL: 'raise size_limit_mb in /sys/module/udmabuf/parameters of the guest',
  ENOMEM: 'give the guest more memory',
};
