/** The functions of libdrm that are used. */
import { libraryLoader, type Address } from './library.js';

/** The first parameter of nearly all is the open DRM file descriptor. */
export const libdrm = libraryLoader({
  file: 'libdrm.so.2',
  packages: { debian: 'libdrm2', fedora: 'libdrm', arch: 'libdrm', alpine: 'libdrm', nix: 'libdrm' },
  required: {
    drmGetVersion: ['address', 'int'],
    drmFreeVersion: ['void', 'address'],
    drmGetCap: ['int', 'int', 'uint64', 'buffer'],
    drmSetClientCap: ['int', 'int', 'uint64', 'uint64'],
    drmSetMaster: ['int', 'int'],
    drmDropMaster: ['int', 'int'],
    drmIsMaster: ['int', 'int'],
    drmGetDeviceNameFromFd2: ['address', 'int'],
    drmGetRenderDeviceNameFromFd: ['address', 'int'],
    drmFree: ['void', 'address'],
    drmIoctl: ['int', 'int', 'ulong', 'buffer'],
    drmPrimeHandleToFD: ['int', 'int', 'uint32', 'uint32', 'buffer'],
    drmPrimeFDToHandle: ['int', 'int', 'int', 'buffer'],
    drmModeGetResources: ['address', 'int'],
    drmModeFreeResources: ['void', 'address'],
    drmModeGetConnector: ['address', 'int', 'uint32'],
    drmModeGetConnectorCurrent: ['address', 'int', 'uint32'],
    drmModeFreeConnector: ['void', 'address'],
    drmModeGetEncoder: ['address', 'int', 'uint32'],
    drmModeFreeEncoder: ['void', 'address'],
    drmModeGetCrtc: ['address', 'int', 'uint32'],
    drmModeFreeCrtc: ['void', 'address'],
    drmModeGetPlaneResources: ['address', 'int'],
    drmModeFreePlaneResources: ['void', 'address'],
    drmModeGetPlane: ['address', 'int', 'uint32'],
    drmModeFreePlane: ['void', 'address'],
    drmModeObjectGetProperties: ['address', 'int', 'uint32', 'uint32'],
    drmModeFreeObjectProperties: ['void', 'address'],
    drmModeGetProperty: ['address', 'int', 'uint32'],
    drmModeFreeProperty: ['void', 'address'],
    drmModeGetPropertyBlob: ['address', 'int', 'uint32'],
    drmModeFreePropertyBlob: ['void', 'address'],
    drmModeCreatePropertyBlob: ['int', 'int', 'buffer', 'ulong', 'buffer'],
    drmModeDestroyPropertyBlob: ['int', 'int', 'uint32'],
    drmModeAddFB2: ['int', 'int', 'uint32', 'uint32', 'uint32', 'buffer', 'buffer', 'buffer', 'buffer', 'uint32'],
    drmModeAddFB2WithModifiers: [
      'int',
      'int',
      'uint32',
      'uint32',
      'uint32',
      'buffer',
      'buffer',
      'buffer',
      'buffer',
      'buffer',
      'uint32',
    ],
    drmModeRmFB: ['int', 'int', 'uint32'],
    drmModeSetCursor2: ['int', 'int', 'uint32', 'uint32', 'uint32', 'uint32', 'int', 'int'],
    drmModeMoveCursor: ['int', 'int', 'uint32', 'int', 'int'],
  },
  optional: {},
});

/**
 * Loads libdrm; every other function does so at its first call as well.
 * @throws GuestheadError `ERR_LIBRARY_MISSING`, with the package to install as advice.
 */
export function loadLibdrm(file?: string): void {
  libdrm(file);
}

/** Decodes what libdrm allocated, and frees it on every path. */
export function decodeAndFree<T>(
  address: Address,
  free: (address: Address) => void,
  decode: (address: Address) => T,
): T {
  try {
    return decode(address);
  } finally {
    free(address);
  }
}
