/** libGLESv2, only as far as telling that it is there: the addon draws with it. */
import { libraryLoader } from './library.js';

const libgles = libraryLoader({
  file: 'libGLESv2.so.2',
  packages: { debian: 'libgles2', fedora: 'libglvnd-gles', arch: 'libglvnd', alpine: 'mesa-gles', nix: 'libglvnd' },
  required: { glFlush: ['void'] },
  optional: {},
});

/** @throws GuestheadError `ERR_LIBRARY_MISSING`, with the package to install as advice. */
export function loadLibgles(file?: string): void {
  libgles(file);
}
