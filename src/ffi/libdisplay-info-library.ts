/** The functions of libdisplay-info that are used. Their results are opaque or plain strings: the same in all versions. */
import { libraryLoader } from './library.js';

/** The number in the name goes up with each release of the library, and each distribution has one of them. */
export const libdisplayInfo = libraryLoader({
  file: ['libdisplay-info.so.3', 'libdisplay-info.so.2', 'libdisplay-info.so.1'],
  packages: {
    debian: 'libdisplay-info3, libdisplay-info2 or libdisplay-info1',
    fedora: 'libdisplay-info',
    arch: 'libdisplay-info',
    alpine: 'libdisplay-info',
    nix: 'libdisplay-info',
  },
  required: {
    di_info_parse_edid: ['address', 'buffer', 'ulong'],
    di_info_destroy: ['void', 'address'],
    // These give NULL or a string that the caller frees.
    di_info_get_make: ['address', 'address'],
    di_info_get_model: ['address', 'address'],
    di_info_get_serial: ['address', 'address'],
  },
  optional: {},
});
