/**
 * What the kernel asks of memory that becomes a dma-buf (drivers/dma-buf/udmabuf.c, check_memfd_seals): a memfd, of tmpfs or
 * huge pages, sealed against shrinking (F_SEAL_SHRINK) and not against writing (F_SEAL_WRITE, and F_SEAL_FUTURE_WRITE since 6.11). QEMU's memory-backend-memfd is
 * (`seal=on` is its default); the file of a memory-backend-file cannot be.
 */
import { accessSync, constants } from 'node:fs';
import type { Native } from '../../../native/index.js';
import type { RamFile } from './ram-file.js';

/** linux/fcntl.h */
const seal = { shrink: 0x2, write: 0x8, futureWrite: 0x10 } as const;

/** Why the pages of these files can only be mapped; undefined: they can become dma-bufs. */
export function whyNoDmabuf(files: readonly RamFile[], native: Pick<Native, 'sealsOf'>): string | undefined {
  try {
    accessSync('/dev/udmabuf', constants.R_OK | constants.W_OK);
  } catch {
    return 'this host has no /dev/udmabuf that this user may open';
  }
  return files.every(({ fd }) => isSealed(fd, native))
    ? undefined
    : 'the guest’s memory is no memfd sealed against shrinking (memory-backend-memfd with seal=on, its default)';
}

function isSealed(fd: number, native: Pick<Native, 'sealsOf'>): boolean {
  try {
    const seals = native.sealsOf(fd);
    return (seals & seal.shrink) !== 0 && (seals & (seal.write | seal.futureWrite)) === 0;
  } catch {
    return false; // a file that cannot have any
  }
}
