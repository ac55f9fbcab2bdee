/** The libraries that the addon loads at run time for the kiosk: what they are called, and what one that is missing means. */
import { coded, GuestheadError } from '../errors.js';
import { installAdvice, type Packages } from './packages.js';

export interface AddonLibrary {
  readonly name: string;
  readonly soname: string;
  readonly packages: Packages;
}

export const addonLibraries = {
  wayland: {
    name: 'libwayland-server',
    soname: 'libwayland-server.so.0',
    packages: {
      debian: 'libwayland-server0',
      fedora: 'libwayland-server',
      arch: 'wayland',
      alpine: 'wayland-libs-server',
      nix: 'wayland',
    },
  },
  pixman: {
    name: 'pixman',
    soname: 'libpixman-1.so.0',
    packages: { debian: 'libpixman-1-0', fedora: 'pixman', arch: 'pixman', alpine: 'pixman', nix: 'pixman' },
  },
  libinput: {
    name: 'libinput',
    soname: 'libinput.so.10',
    packages: {
      debian: 'libinput10',
      fedora: 'libinput',
      arch: 'libinput',
      alpine: 'libinput-libs',
      nix: 'libinput',
    },
  },
  xkbcommon: {
    name: 'libxkbcommon',
    soname: 'libxkbcommon.so.0',
    packages: {
      debian: 'libxkbcommon0 xkb-data',
      fedora: 'libxkbcommon xkeyboard-config',
      arch: 'libxkbcommon xkeyboard-config',
      alpine: 'libxkbcommon xkeyboard-config',
      nix: 'libxkbcommon',
    },
  },
  libseat: {
    name: 'libseat',
    soname: 'libseat.so.1',
    packages: { debian: 'libseat1', fedora: 'libseat', arch: 'seatd', alpine: 'libseat', nix: 'seatd' },
  },
} as const satisfies Record<string, AddonLibrary>;

/** ERR_LIBRARY_MISSING with the package, where the addon says so; another error as `coded` has it. */
export function explainMissing(error: unknown, { name, packages }: AddonLibrary): Error {
  if (!(error instanceof Error) || (error as { code?: unknown }).code !== 'ERR_LIBRARY_MISSING') return coded(error);
  return new GuestheadError('ERR_LIBRARY_MISSING', `${name} cannot be loaded: ${error.message}`, {
    operation: 'dlopen',
    cause: error,
    advice: installAdvice(packages),
  });
}
