/** A connection to a QEMU that runs already, over which descriptors can be handed to it. */
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { coded, errnoName, errnoOf, GuestheadError } from '../errors.js';
import type { Native } from '../native/index.js';
import { Qmp } from './qmp.js';

/** QEMU greets at once whom it listens to. */
const greetingMs = 5_000;

/**
 * Connects to the socket of `-qmp unix:PATH,server=on,wait=off`. Node's own sockets carry no descriptors, hence the addon.
 * Throws ERR_QEMU with what to change: nobody listens there, or QEMU talks to another client.
 */
export async function openQmp(
  path: string,
  native: Pick<Native, 'connectStream' | 'duplicate' | 'sendMessage'>,
  waitMs = greetingMs,
): Promise<Qmp> {
  const { socket, sender } = connectTo(path, native);
  const send = (line: string, fd: number) => {
    native.sendMessage(sender, Buffer.from(line), Uint32Array.of(fd));
  };
  socket.on('error', () => socket.destroy()); // a reset is an end: 'close' tells
  socket.on('close', () => {
    closeSync(sender);
  });
  try {
    return await Qmp.greeted(socket, waitMs, send);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function connectTo(path: string, native: Pick<Native, 'connectStream' | 'duplicate'>) {
  try {
    const fd = native.connectStream(Buffer.from(path));
    return { socket: new Socket({ fd }), sender: native.duplicate(fd) };
  } catch (error) {
    if (errnoOf(error) === undefined) throw coded(error);
    throw new GuestheadError('ERR_QEMU', `QEMU does not listen there: ${errnoName(errnoOf(error) ?? 0)}`, {
      operation: 'QMP',
      device: path,
      cause: error,
      advice: `start QEMU with -qmp unix:${path},server=on,wait=off`,
    });
  }
}
