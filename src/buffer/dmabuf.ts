/** What the kernel tells about a dma-buf by its descriptor alone. */
import { fstatSync } from 'node:fs';

/** Bytes, or 0 where the kernel does not tell. */
export function sizeOf(fd: number): number {
  return fstatSync(fd).size;
}

/** The same for every descriptor of one dma-buf, in whichever process: its inode's. */
export function identityOf(fd: number): string {
  const { dev, ino } = fstatSync(fd, { bigint: true });
  return `${dev}:${ino}`;
}
