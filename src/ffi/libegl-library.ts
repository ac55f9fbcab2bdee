/** libEGL, only as far as telling that it is there. */
import { libraryLoader } from './library.js';
import { copyString } from './memory.js';

const libegl = libraryLoader({
  file: 'libEGL.so.1',
  packages: { debian: 'libegl1', fedora: 'libglvnd-egl', arch: 'libglvnd', alpine: 'mesa-egl', nix: 'libglvnd' },
  required: { eglQueryString: ['address', 'address', 'int'] },
  optional: {},
});

/** Source: egl.h. */
const EGL_VERSION = 0x3054;

/** @throws GuestheadError `ERR_LIBRARY_MISSING`, with the package to install as advice. */
export function loadLibegl(file?: string): void {
  libegl(file);
}

/** The client library's version, e.g. `1.5`, without opening a display; undefined before EGL 1.5. */
export function eglVersion(): string | undefined {
  const address = libegl().eglQueryString(0n, EGL_VERSION);
  return address === 0n ? undefined : copyString(address);
}
