/** vgem's fences: it puts one on any dma-buf and signals it when it is told to, as if a GPU were at work. Source: vgem_drm.h. */
import { check } from './failures.js';
import type { GemHandle } from './ids.js';
import { libdrm } from './libdrm-library.js';

/** DRM_IOCTL_VGEM_FENCE_ATTACH and DRM_IOCTL_VGEM_FENCE_SIGNAL. */
const attachIoctl = 0xc0106441;
const signalIoctl = 0x40086442;
/** VGEM_FENCE_WRITE: a writer's fence, for which readers wait as well. */
const writeFlag = 1;

/**
 * A new fence on the object's dma-buf; it signals by itself after 10 s. `fd` is a node of vgem's.
 * @throws GuestheadError with errno EBUSY where a fence that conflicts with it is pending: for a writer's any other, for a reader's a writer's.
 */
export function attachVgemFence(fd: number, handle: GemHandle, { write }: { readonly write: boolean }): number {
  const request = Buffer.alloc(16); // struct drm_vgem_fence_attach { handle, flags, out_fence, pad }
  request.writeUInt32LE(handle, 0);
  request.writeUInt32LE(write ? writeFlag : 0, 4);
  const operation = 'DRM_IOCTL_VGEM_FENCE_ATTACH';
  check(libdrm().drmIoctl(fd, attachIoctl, request), { fd, operation, what: 'Cannot attach a fence of vgem' });
  return request.readUInt32LE(8);
}

/** Once only. @throws GuestheadError with errno ETIMEDOUT where it was too late. */
export function signalVgemFence(fd: number, fence: number): void {
  const request = Buffer.alloc(8); // struct drm_vgem_fence_signal { fence, flags }
  request.writeUInt32LE(fence, 0);
  const operation = 'DRM_IOCTL_VGEM_FENCE_SIGNAL';
  check(libdrm().drmIoctl(fd, signalIoctl, request), { fd, operation, what: 'Cannot signal a fence of vgem' });
}
