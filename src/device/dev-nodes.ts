/**
 * Where /dev has the kernel's nodes. A container sees all of the host's sysfs, but only those nodes that were given to
 * it, maybe under other names; then the number tells which node it is, and the name does not.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** `226:128` of a device node; undefined for anything else. */
export type NumberOf = (path: string) => string | undefined;

/** Source of the split: glibc's sys/sysmacros.h. */
export const numberOfNode: NumberOf = (path) => {
  try {
    const stat = statSync(path);
    const minor = (stat.rdev & 0xff) | ((stat.rdev >> 12) & 0xf_ff00);
    return stat.isCharacterDevice() ? `${(stat.rdev >> 8) & 0xfff}:${minor}` : undefined;
  } catch {
    return undefined;
  }
};

/** The path of `/sys/class/drm/NAME`'s node; null where /dev has it nowhere. Where sysfs tells no number, the usual one. */
export function pathInDev(sys: string, dev: string, name: string, numberOf: NumberOf): string | null {
  const usual = join(dev, 'dri', name);
  const number = numberInSysfs(join(sys, 'class/drm', name, 'dev'));
  if (number === undefined || numberOf(usual) === number) return usual;
  return namesIn(join(dev, 'dri')).find((path) => numberOf(path) === number) ?? null;
}

function numberInSysfs(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
