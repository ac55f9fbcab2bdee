/** Where the host's QEMU is: on the PATH, or where distributions hide it. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { hostArchitecture, type Architecture } from './architecture.js';

export interface FoundQemu {
  /** As a user would type it. */
  readonly program: string;
  /** Undefined where there is none. */
  readonly path: string | undefined;
}

/** Red Hat's has this name for the host's own architecture, and stands off the PATH; so does CentOS Stream's newest. */
const hidden = ['qemu-kvm', '/usr/libexec/qemu-kvm', '/usr/lib/qemu-kvm'];

/** `name`: a program's path or name; undefined for the one that this architecture has. */
export function findQemu(
  name: string | undefined,
  architecture: Architecture,
  { path = process.env['PATH'] ?? '', isProgram = isExecutable, host = hostArchitecture } = {},
): FoundQemu {
  const usual = `qemu-system-${architecture}`;
  const names = name === undefined ? [usual, ...(architecture === host ? hidden : [])] : [name];
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  for (const program of names) {
    const places = isAbsolute(program) || program.includes('/') ? [program] : folders.map((at) => join(at, program));
    const found = places.find((place) => isProgram(place));
    if (found !== undefined) return { program, path: found };
  }
  return { program: name ?? usual, path: undefined };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
