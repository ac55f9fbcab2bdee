/** The platform's libraries and the addon: there or not, which version, and which package brings them. */
import {
  addonLibraries,
  eglVersion,
  explainMissing,
  loadLibdrm,
  loadLibegl,
  loadLibgbm,
  loadLibgles,
} from '../ffi/index.js';
import { openInput, openKeyboard } from '../input/index.js';
import { loadNative, type Addon } from '../native/index.js';
import { failed, ok, type Question } from './check.js';
import { systemFiles, type Files } from './files.js';
import type { Check } from './report.js';

interface Library {
  readonly name: string;
  readonly soname: string;
  /** Debian's package. */
  readonly debian: string;
  readonly why: string;
  /** Throws ERR_LIBRARY_MISSING. */
  readonly load: () => void;
  /** What the library says of itself. */
  readonly version?: () => string | undefined;
}

export interface LibrarySources {
  readonly files: Files;
  readonly libraries: readonly Library[];
  readonly loadAddon: () => unknown;
}

const ignore = () => undefined;

/** Of one pixel by one, as native/paint/painting.h has the numbers. */
const onePixel = Float64Array.of(...[1, 1, 1], ...[0, 0, 1, 1], ...[0, 0], ...[1, 0, 0, 1, 0, 0], ...[0, 0, 0, 0]);

/** Each opened as the kiosk opens it: a library that lacks a function, or a keymap its data, is told too. */
const openedByAddon = {
  wayland: (addon: Addon) => addon.openWayland([], ignore, ignore, ignore),
  pixman: (addon: Addon) => {
    addon.paint(new Uint32Array(1), onePixel, null);
    return { close: ignore };
  },
  libinput: (addon: Addon) => openInput({ addon, devices: [], onEvent: ignore, onFault: ignore }),
  xkbcommon: (addon: Addon) => openKeyboard(addon),
  libseat: (addon: Addon) => {
    addon.loadSeat();
    return { close: ignore };
  },
};

const systemLibraries: readonly Library[] = [
  {
    name: 'libdrm',
    soname: 'libdrm.so.2',
    debian: 'libdrm2',
    why: 'all modesetting and PRIME goes through it',
    load: () => loadLibdrm(),
  },
  {
    name: 'libgbm',
    soname: 'libgbm.so.1',
    debian: 'libgbm1',
    why: 'it allocates the GPU’s buffers',
    load: () => loadLibgbm(),
  },
  {
    name: 'EGL',
    soname: 'libEGL.so.1',
    debian: 'libegl1',
    why: 'for drawing on the GPU; flipping works without',
    load: () => loadLibegl(),
    version: () => eglVersion(),
  },
  {
    name: 'GLES',
    soname: 'libGLESv2.so.2',
    debian: 'libgles2',
    why: 'for drawing on the GPU; flipping works without',
    load: () => loadLibgles(),
  },
  ofKiosk('wayland', 'clients of the kiosk speak through it; flipping works without'),
  ofKiosk('pixman', 'the kiosk draws several surfaces into one picture with it; flipping works without'),
  ofKiosk('libinput', 'the kiosk hears input devices by it; flipping works without'),
  ofKiosk('xkbcommon', 'the kiosk’s keyboards need it and xkb-data; flipping works without'),
  ofKiosk('libseat', 'a kiosk has its devices from a seat daemon (seatd, logind) by it; without, it opens them itself'),
];

function ofKiosk(which: keyof typeof addonLibraries, why: string): Library {
  const library = addonLibraries[which];
  const { name, soname } = library;
  const [debian = ''] = library.packages.debian.split(' ');
  const load = () => {
    try {
      openedByAddon[which](loadNative()).close();
    } catch (error) {
      throw explainMissing(error, library);
    }
  };
  return { name, soname, debian, why, load };
}

export function checkLibraries({ files, libraries, loadAddon }: LibrarySources = systemSources): Check[] {
  return [...libraries.map((library) => checkLibrary(library, files)), checkAddon(loadAddon)];
}

const systemSources: LibrarySources = { files: systemFiles, libraries: systemLibraries, loadAddon: () => loadNative() };

function checkLibrary({ name, soname, debian, why, load, version }: Library, files: Files): Check {
  const question: Question = { id: `libraries.${name.toLowerCase()}`, why };
  try {
    load();
    const own = version?.();
    const packaged = packageVersion(files, debian);
    const parts = [
      fileOf(files, soname) ?? soname,
      ...(own === undefined ? [] : [`${name} ${own}`]),
      ...(packaged === undefined ? [] : [`${debian} ${packaged}`]),
    ];
    return ok(question, parts.join(', '));
  } catch (error) {
    return failed(question, error);
  }
}

/** The file behind the name, as the kernel mapped it: `libdrm.so.2.4.0`. */
function fileOf(files: Files, soname: string): string | undefined {
  const rows = files.text('/proc/self/maps')?.split('\n') ?? [];
  const paths = rows.map((row) => row.split('/').at(-1) ?? '');
  return paths.find((path) => path === soname || path.startsWith(`${soname}.`));
}

/** Debian's, from dpkg's own list. */
function packageVersion(files: Files, name: string): string | undefined {
  const list = files.text('/var/lib/dpkg/status') ?? '';
  const start = list.startsWith(`Package: ${name}\n`) ? 0 : list.indexOf(`\nPackage: ${name}\n`);
  if (start < 0) return undefined;
  const end = list.indexOf('\n\n', start + 1);
  const entry = list.slice(start, end < 0 ? undefined : end);
  return /^Status: .* installed$/m.test(entry) ? /^Version: (.*)$/m.exec(entry)?.[1] : undefined;
}

function checkAddon(load: () => unknown): Check {
  const question: Question = {
    id: 'libraries.addon',
    why: 'guesthead’s own addon commits the frames and reads their fences',
  };
  try {
    load();
    return ok(question, 'loaded');
  } catch (error) {
    return failed(question, error);
  }
}
