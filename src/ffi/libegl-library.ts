/** libEGL and libGLESv2, only as far as telling that they are there: the addon draws with them. */
import { libraryLoader } from './library.js';
import { copyString } from './memory.js';
import { installAdvice } from './packages.js';

const libegl = libraryLoader({
  file: 'libEGL.so.1',
  packages: { debian: 'libegl1', fedora: 'libglvnd-egl', arch: 'libglvnd', alpine: 'mesa-egl', nix: 'libglvnd' },
  required: { eglQueryString: ['address', 'address', 'int'] },
  optional: {},
});

const libgles = libraryLoader({
  file: 'libGLESv2.so.2',
  packages: { debian: 'libgles2', fedora: 'libglvnd-gles', arch: 'libglvnd', alpine: 'mesa-gles', nix: 'libglvnd' },
  required: { glGetString: ['address', 'uint32'] },
  optional: {},
});

/** Both, with the drivers. */
const drawing = {
  debian: 'libegl1 libgles2 libgl1-mesa-dri',
  fedora: 'libglvnd-egl libglvnd-gles mesa-dri-drivers',
  arch: 'libglvnd mesa',
  alpine: 'mesa-egl mesa-gles mesa-dri-gallium',
  nix: 'libglvnd',
};

/** Source: egl.h. */
const EGL_VERSION = 0x3054;

/** @throws GuestheadError `ERR_LIBRARY_MISSING`, with the package to install as advice. */
export function loadLibegl(file?: string): void {
  libegl(file);
}

/** @throws the same. */
export function loadLibgles(file?: string): void {
  libgles(file);
}

/** What to install to draw on a GPU, on this distribution; `osRelease` as in /etc/os-release. */
export function drawingAdvice(osRelease?: string): string {
  return installAdvice(drawing, osRelease);
}

/** The client library's version, e.g. `1.5`, without opening a display; undefined before EGL 1.5. */
export function eglVersion(): string | undefined {
  const address = libegl().eglQueryString(0n, EGL_VERSION);
  return address === 0n ? undefined : copyString(address);
}
