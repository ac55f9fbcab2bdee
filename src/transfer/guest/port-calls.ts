/** What the port needs of the kernel; the tests have a port of their own. */
import { closeSync, constants, openSync } from 'node:fs';
import { errnoName, errnoOf } from '../../errors.js';
import { loadNative } from '../../native/index.js';
import type { NativePort } from '../../native/port.js';

export interface PortCalls {
  /**
   * An open port, the caller's to close. What it reads lies in `room` when it calls `onRead`. `read` returns 0 while nobody has the host's side, and
   * `write` takes nothing then.
   */
  open(path: string, room: Uint8Array, onRead: (count: number) => void): NativePort;
}

/**
 * Numbers that no buffer is likely to reach, of which the highest that the limit of open files allows is taken. A process that is killed has its files closed from the highest descriptor down (the kernel runs
 * task work last in, first out), and the port shall go before the buffers: the host then hears of it while their pages are still ours.
 */
const descriptors = [4_000, 1_000, 500];

export const systemPort: PortCalls = {
  open: (path, room, onRead) => {
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      return lifted((least) => loadNative().openPort(fd, least, room, onRead));
    } finally {
      closeSync(fd);
    }
  },
};

function lifted(open: (least: number) => NativePort): NativePort {
  for (const least of descriptors)
    try {
      return open(least);
    } catch (error) {
      if (errnoName(errnoOf(error) ?? 0) !== 'EINVAL') throw error; // above the limit of open files
    }
  return open(0);
}
