/** Messages between the broker and one consumer, over a socket or within one process. */
import { closeSync } from 'node:fs';
import { map, type Observable } from 'rxjs';
import type { MessageSocket, SendResult } from '../../ipc/index.js';
import { access, loadNative, type NativeMapping } from '../../native/index.js';
import { decode, encode, type TransferMessage } from '../protocol/messages.js';
import { malformed } from '../protocol/fields.js';

/** A buffer's memory at the consumer's end, closed once. */
export interface BufferMemory {
  /** The dma-buf; undefined in the broker's own process. */
  readonly fd: number | undefined;
  /** `bytes` of it, to read; the caller closes the mapping. */
  map(bytes: number): NativeMapping;
  /** Idempotent. */
  close(): void;
}

export interface Received {
  readonly message: TransferMessage;
  /** With `buffer`, and with nothing else; the receiver's to close. */
  readonly memory?: BufferMemory | undefined;
}

export interface Channel {
  /** Without waiting. Throws ERR_CLOSED. */
  send(message: TransferMessage): SendResult;
  /** Errors with ERR_PROTOCOL for what is no message; completes with the other end. One subscriber. */
  readonly messages$: Observable<Received>;
  /** Idempotent. */
  close(): void;
}

/** Takes the socket over. */
export function socketChannel(socket: MessageSocket): Channel {
  return {
    send: (message) => socket.send(encode(message)),
    messages$: socket.messages$.pipe(map(({ bytes, fds }) => received(Buffer.from(bytes), fds))),
    close: () => socket.close(),
  };
}

/** Throws ERR_PROTOCOL, with every descriptor closed. */
function received(bytes: Buffer, fds: readonly number[]): Received {
  try {
    const message = decode(bytes);
    const [fd] = fds;
    if (fds.length !== (message.type === 'buffer' ? 1 : 0))
      throw malformed(`${fds.length} descriptors came with "${message.type}"`);
    return fd === undefined ? { message } : { message, memory: dmabufMemory(fd) };
  } catch (error) {
    for (const fd of fds) closeSync(fd);
    throw error;
  }
}

function dmabufMemory(fd: number): BufferMemory {
  let isOpen = true;
  return {
    fd,
    map: (bytes) => loadNative().mapDmabuf(fd, bytes, access.read),
    close: () => {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
}
