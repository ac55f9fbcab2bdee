import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** Connects to a Unix socket that another process is about to open; throws the signal's reason. */
export async function connectWhenUp(path: string, signal: AbortSignal): Promise<Socket> {
  for (;;) {
    signal.throwIfAborted();
    const socket = connect(path);
    try {
      await once(socket, 'connect', { signal });
      socket.on('error', () => socket.destroy()); // a reset is an end: 'close' tells
      return socket;
    } catch {
      socket.destroy();
      await sleep(20, undefined, { signal }).catch(() => undefined); // the signal's own reason is thrown above
    }
  }
}

/** Calls back with each line until the socket closes; a reset is an end here too, which readline would throw. */
export function readLines(socket: Socket, onLine: (line: string) => void): void {
  createInterface({ input: socket })
    .on('line', onLine)
    .on('error', () => undefined);
}
