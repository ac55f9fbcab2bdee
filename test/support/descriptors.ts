/** What a test asks of its own process's descriptors. */
import { existsSync, fstatSync, readdirSync } from 'node:fs';

export function isOpen(fd: number): boolean {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}

/** This process's, without the one that lists them. */
export function openDescriptors(): string[] {
  return readdirSync('/proc/self/fd').filter((fd) => existsSync(`/proc/self/fd/${fd}`));
}

/** Those that were not open then. Fewer may be: what other test files of the process held is closed meanwhile. */
export function openedSince(before: readonly string[]): string[] {
  return openDescriptors().filter((fd) => !before.includes(fd));
}
