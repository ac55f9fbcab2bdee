/** What a test asks of its own process's descriptors. */
import { fstatSync } from 'node:fs';

export function isOpen(fd: number): boolean {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}
