/**
 * The least client of the Remote Framebuffer protocol 3.8 (RFC 6143) that can tell
 * QEMU how large a window a head has. It connects for each message and leaves, since
 * a head keeps its size without a client, and QEMU then has nobody to keep a copy of
 * the head's picture for.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { GuestheadError } from '../errors.js';
import { connectWhenUp } from '../qmp/index.js';

/** QEMU answers from its main loop, within milliseconds; also while the guest is paused. */
const timeoutMs = 10_000;

const version = 'RFB 003.008\n';
const securityNone = 1;
const shared = 1;
const setEncodings = 2;
const setDesktopSize = 251;
const framebufferUpdate = 0;
/** Pseudo-encodings: the desktop's size, with its screens and without. */
const extendedDesktopSize = -308;
const desktopSize = -223;
const requestedByThisClient = 1;
const outcomes: Record<number, string> = {
  1: 'resizing is prohibited',
  2: 'out of resources',
  3: 'the display has no size of its own',
};

/** Resolves once QEMU has passed the size on to the display device; 0x0 is a head switched off. */
export async function requestDesktopSize(
  path: string,
  size: { readonly width: number; readonly height: number },
  signal?: AbortSignal,
): Promise<void> {
  const limit = AbortSignal.timeout(timeoutMs);
  const socket = await connectWhenUp(path, signal === undefined ? limit : AbortSignal.any([limit, signal]));
  const gone = new AbortController();
  socket.once('close', () => {
    gone.abort(new GuestheadError('ERR_LAB', 'QEMU closed the connection', { device: path }));
  });
  try {
    const reader = new Reader(socket, AbortSignal.any([limit, gone.signal, ...(signal ? [signal] : [])]));
    await shakeHands(socket, reader);
    socket.write(Buffer.concat([encodingsMessage(), desktopSizeMessage(size)]));
    await readOutcome(reader, path);
  } finally {
    socket.destroy();
  }
}

/** Takes so many bytes at a time from a socket that nobody else reads. */
class Reader {
  constructor(
    private readonly socket: Socket,
    private readonly signal: AbortSignal,
  ) {}

  async take(bytes: number): Promise<Buffer> {
    for (;;) {
      const chunk = bytes === 0 ? Buffer.alloc(0) : (this.socket.read(bytes) as Buffer | null);
      if (chunk?.length === bytes) return chunk;
      this.signal.throwIfAborted();
      await once(this.socket, 'readable', { signal: this.signal }).catch(() => this.signal.throwIfAborted());
    }
  }
}

async function shakeHands(socket: Socket, reader: Reader): Promise<void> {
  await reader.take(version.length);
  socket.write(version);
  await reader.take((await reader.take(1)).readUInt8(0)); // kinds of security; the lab's server has "none"
  socket.write(Buffer.of(securityNone));
  const refused = (await reader.take(4)).readUInt32BE(0);
  if (refused !== 0) throw new GuestheadError('ERR_LAB', 'The VNC server refused the connection');
  socket.write(Buffer.of(shared));
  const sizeAndFormat = 20;
  await reader.take(sizeAndFormat);
  await reader.take((await reader.take(4)).readUInt32BE(0)); // the desktop's name
}

function encodingsMessage(): Buffer {
  const message = Buffer.alloc(12);
  message.writeUInt8(setEncodings, 0);
  message.writeUInt16BE(2, 2);
  message.writeInt32BE(extendedDesktopSize, 4);
  message.writeInt32BE(desktopSize, 8);
  return message;
}

/** One screen that fills the desktop. */
export function desktopSizeMessage({ width, height }: { readonly width: number; readonly height: number }): Buffer {
  const message = Buffer.alloc(24);
  message.writeUInt8(setDesktopSize, 0);
  message.writeUInt16BE(width, 2);
  message.writeUInt16BE(height, 4);
  message.writeUInt8(1, 6);
  message.writeUInt16BE(width, 16);
  message.writeUInt16BE(height, 18);
  return message;
}

/** Drops what the server says of itself, up to its answer to our message. */
async function readOutcome(reader: Reader, path: string): Promise<void> {
  for (;;) {
    const header = await reader.take(4);
    if (header.readUInt8(0) !== framebufferUpdate)
      throw new GuestheadError('ERR_LAB', `Unexpected RFB message ${header.readUInt8(0)}`, { device: path });
    for (let rectangles = header.readUInt16BE(2); rectangles > 0; rectangles--) {
      const outcome = await readRectangle(reader, path);
      if (outcome === undefined) continue;
      const why = outcomes[outcome];
      if (why !== undefined) throw new GuestheadError('ERR_LAB', `No new size: ${why}`, { device: path });
      return;
    }
  }
}

/** The answer's code, where the rectangle is one; of pictures there are none, since none were asked for. */
async function readRectangle(reader: Reader, path: string): Promise<number | undefined> {
  const rectangle = await reader.take(12);
  const encoding = rectangle.readInt32BE(8);
  if (encoding === desktopSize) return undefined;
  if (encoding !== extendedDesktopSize)
    throw new GuestheadError('ERR_LAB', `Unexpected RFB encoding ${encoding}`, { device: path });
  const screens = (await reader.take(4)).readUInt8(0);
  await reader.take(screens * 16);
  return rectangle.readUInt16BE(0) === requestedByThisClient ? rectangle.readUInt16BE(2) : undefined;
}
