/** The functions of libgbm that are used. */
import { libraryLoader } from './library.js';

export const libgbm = libraryLoader({
  file: 'libgbm.so.1',
  packages: { debian: 'libgbm1', fedora: 'mesa-libgbm', arch: 'mesa', alpine: 'mesa-gbm', nix: 'libgbm' },
  required: {
    gbm_create_device: ['address', 'int'],
    gbm_device_destroy: ['void', 'address'],
    gbm_device_get_backend_name: ['address', 'address'],
    gbm_device_is_format_supported: ['int', 'address', 'uint32', 'uint32'],
    gbm_bo_create: ['address', 'address', 'uint32', 'uint32', 'uint32', 'uint32'],
    gbm_bo_create_with_modifiers: ['address', 'address', 'uint32', 'uint32', 'uint32', 'buffer', 'uint32'],
    gbm_bo_import: ['address', 'address', 'uint32', 'buffer', 'uint32'],
    gbm_bo_destroy: ['void', 'address'],
    gbm_bo_get_width: ['uint32', 'address'],
    gbm_bo_get_height: ['uint32', 'address'],
    gbm_bo_get_format: ['uint32', 'address'],
    gbm_bo_get_stride_for_plane: ['uint32', 'address', 'int'],
    gbm_bo_get_offset: ['uint32', 'address', 'int'],
    gbm_bo_get_plane_count: ['int', 'address'],
    gbm_bo_get_modifier: ['uint64', 'address'],
    // Returns `union gbm_bo_handle` of 8 bytes by value: in the register of a uint64.
    gbm_bo_get_handle: ['uint64', 'address'],
    gbm_bo_get_fd: ['int', 'address'],
  },
  optional: {
    // 0 or less: not a layout of the device's.
    gbm_device_get_format_modifier_plane_count: ['int', 'address', 'uint32', 'uint64'],
    gbm_bo_get_fd_for_plane: ['int', 'address', 'int'],
    // The variant that takes usage flags.
    gbm_bo_create_with_modifiers2: ['address', 'address', 'uint32', 'uint32', 'uint32', 'buffer', 'uint32', 'uint32'],
  },
});

/**
 * Loads libgbm; the classes do so at first use as well.
 * @throws GuestheadError `ERR_LIBRARY_MISSING`, with the package to install as advice.
 */
export function loadLibgbm(file?: string): void {
  libgbm(file);
}
