/** What the port needs of the kernel; the tests have a port of their own. */
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { errnoName, errnoOf } from '../../errors.js';
import { loadNative, type NativeWatcher } from '../../native.js';

export interface PortCalls {
  /** A descriptor that does not block, the caller's to close. */
  open(path: string): number;
  /** Bytes read; 0: nobody has the host's side. Throws EAGAIN where there is nothing to read yet. */
  read(fd: number, into: Uint8Array): number;
  /** Bytes taken. Throws EAGAIN where the port is full, or nobody has the host's side. */
  write(fd: number, bytes: Uint8Array): number;
  close(fd: number): void;
  watchReadable(fd: number, onReadable: (errno: number) => void): NativeWatcher;
}

/**
 * Numbers that no buffer is likely to reach, of which the highest that the limit of open files allows is taken. A process that is killed has its files closed from the highest descriptor down (the kernel runs
 * task work last in, first out), and the port shall go before the buffers: the host then hears of it while their pages are still ours.
 */
const descriptors = [4_000, 1_000, 500];

export const systemPort: PortCalls = {
  open: (path) => {
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      return lifted(fd);
    } finally {
      closeSync(fd);
    }
  },
  read: (fd, into) => readSync(fd, into),
  write: (fd, bytes) => writeSync(fd, bytes),
  close: closeSync,
  watchReadable: (fd, onReadable) => loadNative().watchReadable(fd, onReadable),
};

function lifted(fd: number): number {
  for (const least of descriptors)
    try {
      return loadNative().duplicate(fd, least);
    } catch (error) {
      if (errnoName(errnoOf(error) ?? 0) !== 'EINVAL') throw error; // above the limit of open files
    }
  return loadNative().duplicate(fd);
}
