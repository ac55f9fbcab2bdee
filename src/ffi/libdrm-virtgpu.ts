/** What virtio-gpu's own ioctl tells; libdrm has no function for it. */
import { constants } from 'node:os';
import { ioctl, type virtgpuParameter } from './constants.js';
import { errnoOfResult, systemError } from './failures.js';
import { libdrm } from './libdrm-library.js';
import { allocateMemory, copyMemory, freeMemory } from './memory.js';
import { buildStruct, structs } from './structs.js';

export type VirtgpuParameter = (typeof virtgpuParameter)[keyof typeof virtgpuParameter];

/**
 * DRM_IOCTL_VIRTGPU_GETPARAM on an open virtio-gpu node of either kind, owned by the
 * caller. Undefined where the kernel does not know the parameter (EINVAL) or the device
 * has none (ENOENT). Throws GuestheadError as the functions of `libdrm-device.ts` do.
 */
export function getVirtgpuParameter(fd: number, which: VirtgpuParameter): number | undefined {
  const layout = structs.drm_virtgpu_getparam;
  const value = allocateMemory(4); // the kernel writes an int, through the pointer in the struct
  try {
    const request = buildStruct(layout, { param: which });
    request.writeBigUInt64LE(value, layout.fields.value);
    const result = libdrm().drmIoctl(fd, ioctl.virtgpuGetParameter, request);
    if (result === 0) return copyMemory(value, 4).readInt32LE();
    const errno = errnoOfResult(result);
    if (errno === constants.errno.EINVAL || errno === constants.errno.ENOENT) return undefined;
    const operation = 'DRM_IOCTL_VIRTGPU_GETPARAM';
    throw systemError({ fd, operation, what: 'Cannot read a parameter of virtio-gpu' }, errno);
  } finally {
    freeMemory(value);
  }
}
