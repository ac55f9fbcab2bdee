/**
 * Buffer objects: PRIME, dumb buffers and framebuffers. `fd` is an open DRM node,
 * owned by the caller. A failed call throws GuestheadError, `ERR_PERMISSION`,
 * `ERR_DEVICE_LOST` or `ERR_SYSTEM` with `errno`. Those that end something do nothing
 * where the device is gone: it has taken all of that along.
 */
import { constants } from 'node:os';
import { GuestheadError } from '../errors.js';
import { framebufferModifiers, ioctl, primeFlag } from './constants.js';
import { check, checkEnded, errnoOfResult, throwUnlessGone } from './failures.js';
import type { DmabufFd, FramebufferId, GemHandle } from './ids.js';
import { libdrm } from './libdrm-library.js';
import { buildStruct, StructReader, structs } from './structs.js';

export interface FramebufferPlane {
  readonly handle: GemHandle;
  /** Bytes from one row to the next. */
  readonly pitch: number;
  /** Bytes from the buffer object's start. */
  readonly offset: number;
}

export interface FramebufferOptions {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** A four-character code; see `format`. */
  readonly format: number;
  /** One to four colour planes. */
  readonly planes: readonly FramebufferPlane[];
  /** The layout of all planes; refused with EINVAL unless `capability.addFb2Modifiers` is 1. */
  readonly modifier?: bigint | undefined;
}

export interface DumbBuffer {
  readonly handle: GemHandle;
  /** Bytes from one row to the next, as the driver chose. */
  readonly pitch: number;
  /** Bytes. */
  readonly size: number;
}

/**
 * Exports a buffer object. The new descriptor, close-on-exec, is the caller's;
 * `readWrite` allows `mmap` for writing. A buffer has one dma-buf as long as it
 * lives, so the *first* export, whoever made it, decides for all later ones.
 */
export function primeHandleToFd(
  fd: number,
  handle: GemHandle,
  { readWrite }: { readonly readWrite: boolean },
): DmabufFd {
  const dmabuf = Buffer.alloc(4);
  const flags = primeFlag.closeOnExec | (readWrite ? primeFlag.readWrite : 0);
  const result = libdrm().drmPrimeHandleToFD(fd, handle, flags, dmabuf);
  check(result, { fd, operation: 'drmPrimeHandleToFD', what: `Cannot export GEM handle ${handle}` });
  return dmabuf.readInt32LE() as DmabufFd;
}

/**
 * Imports a dma-buf, which stays the caller's. A dma-buf that this open file has
 * imported already gives the *same* handle, uncounted: close it once, after the last use.
 * ENODEV, and with it ERR_DEVICE_LOST, is also what a display says that takes no foreign buffers.
 */
export function primeFdToHandle(fd: number, dmabuf: DmabufFd): GemHandle {
  const handle = Buffer.alloc(4);
  const result = libdrm().drmPrimeFDToHandle(fd, dmabuf, handle);
  check(result, { fd, operation: 'drmPrimeFDToHandle', what: 'Cannot import a dma-buf' });
  return handle.readUInt32LE() as GemHandle;
}

export function closeGemHandle(fd: number, handle: GemHandle): void {
  const result = libdrm().drmIoctl(fd, ioctl.gemClose, buildStruct(structs.drm_gem_close, { handle }));
  checkEnded(result, { fd, operation: 'DRM_IOCTL_GEM_CLOSE', what: `Cannot close GEM handle ${handle}` });
}

/** A buffer for the CPU that the display can show: `width` × `height` pixels of `bpp` bits. Ends with `destroyDumb`. */
export function createDumb(
  fd: number,
  { width, height, bpp }: { readonly width: number; readonly height: number; readonly bpp: number },
): DumbBuffer {
  const request = buildStruct(structs.drm_mode_create_dumb, { width, height, bpp });
  const result = libdrm().drmIoctl(fd, ioctl.createDumb, request);
  check(result, { fd, operation: 'DRM_IOCTL_MODE_CREATE_DUMB', what: 'Cannot create a dumb buffer' });
  const reply = new StructReader(structs.drm_mode_create_dumb, request);
  return {
    handle: reply.uint32('handle') as GemHandle,
    pitch: reply.uint32('pitch'),
    size: Number(reply.uint64('size')),
  };
}

export function destroyDumb(fd: number, handle: GemHandle): void {
  const result = libdrm().drmIoctl(fd, ioctl.destroyDumb, buildStruct(structs.drm_mode_destroy_dumb, { handle }));
  checkEnded(result, { fd, operation: 'DRM_IOCTL_MODE_DESTROY_DUMB', what: `Cannot destroy dumb buffer ${handle}` });
}

/**
 * Makes buffer objects scannable. The framebuffer keeps them alive: their handles
 * may be closed afterwards. Ends with `closeFramebuffer`.
 */
export function addFramebuffer(fd: number, options: FramebufferOptions): FramebufferId {
  const { width, height, format, planes, modifier } = options;
  if (planes.length < 1 || planes.length > 4) {
    throw new GuestheadError('ERR_USAGE', `A framebuffer has 1 to 4 planes, not ${planes.length}`);
  }
  const { drmModeAddFB2, drmModeAddFB2WithModifiers } = libdrm();
  const arrays = [fourOf(planes, 'handle'), fourOf(planes, 'pitch'), fourOf(planes, 'offset')] as const;
  const shape = [fd, width, height, format, ...arrays] as const;
  const id = Buffer.alloc(4);
  const result =
    modifier === undefined
      ? drmModeAddFB2(...shape, id, 0)
      : drmModeAddFB2WithModifiers(...shape, modifiersOf(planes, modifier), id, framebufferModifiers);
  const operation = modifier === undefined ? 'drmModeAddFB2' : 'drmModeAddFB2WithModifiers';
  check(result, { fd, operation, what: `Cannot create a framebuffer of ${width}×${height}` });
  return id.readUInt32LE() as FramebufferId;
}

function fourOf(planes: readonly FramebufferPlane[], field: keyof FramebufferPlane): Buffer {
  const array = Buffer.alloc(16);
  planes.forEach((plane, index) => array.writeUInt32LE(plane[field], index * 4));
  return array;
}

/** The kernel wants the same modifier for each plane in use, and 0 for the rest. */
function modifiersOf(planes: readonly FramebufferPlane[], modifier: bigint): Buffer {
  const array = Buffer.alloc(32);
  planes.forEach((_, index) => array.writeBigUInt64LE(modifier, index * 8));
  return array;
}

/**
 * Gives the framebuffer's id back and leaves the picture: a CRTC that still shows
 * it goes on until its next commit. `drmModeRmFB` would blank that CRTC at once.
 *
 * The ioctl is made here because libdrm 2.4.114, Debian 12's, has no `drmModeCloseFB`.
 * A kernel that does not know it says EINVAL; then only `drmModeRmFB` is left.
 */
export function closeFramebuffer(fd: number, id: FramebufferId): void {
  const { drmIoctl, drmModeRmFB } = libdrm();
  const what = `Cannot close framebuffer ${id}`;
  const result = drmIoctl(fd, ioctl.closeFramebuffer, buildStruct(structs.drm_mode_closefb, { fb_id: id }));
  if (result === 0) return;
  const errno = errnoOfResult(result);
  if (errno === constants.errno.EINVAL || errno === constants.errno.ENOTTY)
    checkEnded(drmModeRmFB(fd, id), { fd, operation: 'drmModeRmFB', what });
  else throwUnlessGone({ fd, operation: 'DRM_IOCTL_MODE_CLOSEFB', what }, errno);
}
