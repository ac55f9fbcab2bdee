/** DRM syncobjs as a client makes them, to bring them to a compositor. Source: drm.h. */
import { check } from '../../src/ffi/failures.js';
import { libdrm } from '../../src/ffi/libdrm-library.js';

/** DRM_IOCTL_SYNCOBJ_CREATE, _DESTROY and _HANDLE_TO_FD. */
const createIoctl = 0xc00864bf;
const destroyIoctl = 0xc00864c0;
const exportIoctl = 0xc01064c1;

/** A new syncobj, none of whose points has signalled: its descriptor, close-on-exec and the caller's. `fd` is a node of a driver that has them. */
export function createSyncobj(fd: number): number {
  const made = Buffer.alloc(8); // struct drm_syncobj_create { handle, flags }; as drm_syncobj_destroy { handle, pad }
  const operation = 'DRM_IOCTL_SYNCOBJ_CREATE';
  check(libdrm().drmIoctl(fd, createIoctl, made), { fd, operation, what: 'Cannot make a syncobj' });
  try {
    return exported(fd, made.readUInt32LE(0));
  } finally {
    libdrm().drmIoctl(fd, destroyIoctl, made);
  }
}

function exported(fd: number, handle: number): number {
  const request = Buffer.alloc(16); // struct drm_syncobj_handle { handle, flags, fd, pad }
  request.writeUInt32LE(handle, 0);
  const operation = 'DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD';
  check(libdrm().drmIoctl(fd, exportIoctl, request), { fd, operation, what: 'Cannot export a syncobj' });
  return request.readInt32LE(8);
}
