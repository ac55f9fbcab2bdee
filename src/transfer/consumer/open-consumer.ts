/** The one way to a consumer in a process of its own. */
import { constants } from 'node:os';
import { errnoOf, GuestheadError } from '../../errors.js';
import { MessageSocket } from '../../ipc/index.js';
import { mostPrivateBytes } from '../protocol/messages.js';
import { socketChannel } from './channel.js';
import { Consumer } from './consumer.js';

export interface ConsumerOptions {
  /** What the broker calls this consumer in what it says. Default: the process's name and number. */
  readonly name?: string | undefined;
}

/** The longest message to a consumer is an export, or a reason. */
const messageBytes = 4096 + mostPrivateBytes;

/**
 * Connects to the broker that listens at `socket`, and greets. Rejects with ERR_SYSTEM where nobody listens (ENOENT, ECONNREFUSED),
 * ERR_UNSUPPORTED where the broker refuses (another version; a host without /dev/udmabuf), ERR_PROTOCOL, ERR_CLOSED.
 */
export async function openConsumer(socket: string, options: ConsumerOptions = {}): Promise<Consumer> {
  const { name = `${process.title} ${process.pid}` } = options;
  const consumer = new Consumer(socketChannel(connect(socket)), name);
  await consumer.welcomed;
  return consumer;
}

function connect(socket: string): MessageSocket {
  try {
    return MessageSocket.connect(socket, { bytes: messageBytes, fds: 1 });
  } catch (cause) {
    const errno = errnoOf(cause) ?? 0;
    if (!nobody.includes(errno)) throw cause;
    throw new GuestheadError('ERR_SYSTEM', `No broker listens at ${socket}`, {
      ...{ operation: 'connect', errno, cause },
      advice: 'start one: guesthead host broker --qmp SOCKET --port SOCKET --listen SOCKET',
    });
  }
}

const nobody: readonly number[] = [constants.errno.ENOENT, constants.errno.ECONNREFUSED];
