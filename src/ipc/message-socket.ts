/**
 * Messages with descriptors between two processes: a Unix socket that keeps the bounds of each message
 * (SOCK_SEQPACKET) and carries open files (SCM_RIGHTS), which Node's own sockets do not.
 */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { Observable, type Subscriber } from 'rxjs';
import { coded, errnoOf, GuestheadError } from '../errors.js';
import { loadNative, type Native, type NativeWatcher } from '../native/index.js';
import { addressOf } from './address.js';
import { connectionsAt } from './listener.js';

export interface Message {
  readonly bytes: Uint8Array;
  /** The receiver's from now on, who closes each of them. */
  readonly fds: readonly number[];
}

/** What is taken of one message; a longer one, or one with more descriptors, ends `messages$` with an error. */
export interface MessageLimits {
  /** Default 65536. */
  readonly bytes?: number | undefined;
  /** 0–253, which is also the default. */
  readonly fds?: number | undefined;
}

/** `full`: the peer has too much unread, and nothing was sent. `gone`: the peer has closed its end. */
export type SendResult = 'sent' | 'full' | 'gone';

type CheckedLimits = Readonly<Record<'bytes' | 'fds', number>>;

/** What the sockets need of the addon. */
export type MessageNative = Pick<
  Native,
  'listenSocket' | 'acceptSocket' | 'connectSocket' | 'sendMessage' | 'receiveMessage' | 'watchReadable'
>;

const { EAGAIN, ETOOMANYREFS, EPIPE, ECONNRESET } = { ETOOMANYREFS: 109, ...constants.errno };
/** The kernel sends no more with one message. */
const mostFds = 253;
/** A peer that never stops sending shall not stop everything else. */
const messagesATurn = 64;

/** One end of a connection. */
export class MessageSocket {
  readonly #into: Uint8Array;
  #reader: Subscriber<Message> | undefined;
  #watcher: NativeWatcher | undefined;
  #closed = false;

  private constructor(
    private readonly fd: number,
    private readonly limits: CheckedLimits,
    private readonly native: MessageNative,
  ) {
    this.#into = new Uint8Array(limits.bytes);
  }

  /**
   * Connects to who listens at `path`: a file, or `@` and an abstract name. Throws ERR_SYSTEM
   * (ENOENT, ECONNREFUSED: nobody does), ERR_USAGE for no path or wrong limits.
   */
  static connect(path: string, limits: MessageLimits = {}, native: MessageNative = loadNative()): MessageSocket {
    const checked = checkLimits(limits);
    try {
      return new MessageSocket(native.connectSocket(addressOf(path)), checked, native);
    } catch (error) {
      throw coded(error);
    }
  }

  /**
   * Listens at `path` while subscribed to, from within `subscribe` on, and emits each connection, which is the
   * subscriber's to close. Takes the place of a listener that was killed and has left its file, and removes the file that it made at
   * the end. Errors with ERR_SYSTEM (EADDRINUSE: somebody listens there; EMFILE: a connection waits and cannot be taken), ERR_USAGE for no path.
   */
  static listen(
    path: string,
    limits: MessageLimits = {},
    native: MessageNative = loadNative(),
  ): Observable<MessageSocket> {
    const checked = checkLimits(limits);
    return connectionsAt(path, native, (fd) => new MessageSocket(fd, checked, native));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The messages that come while somebody is subscribed, one subscriber at a time (else ERR_USAGE). Until then, and after
   * that, they wait in the kernel, which closes their descriptors with the socket. Completes when the peer
   * has closed its end or this one is closed; errors with ERR_SYSTEM for a message beyond the limits.
   */
  get messages$(): Observable<Message> {
    return new Observable((subscriber) => {
      this.#throwIfClosed();
      if (this.#reader !== undefined) throw new GuestheadError('ERR_USAGE', 'The messages are being read already');
      this.#reader = subscriber;
      subscriber.add(() => {
        this.#endReading();
      });
      try {
        this.#watcher = this.native.watchReadable(this.fd, (errno) => {
          this.#onReadable(errno);
        });
      } catch (error) {
        throw coded(error);
      }
    });
  }

  /**
   * Sends one message of one byte or more without waiting, all of it or nothing. The descriptors, at most 253, stay
   * the caller's, and may be closed at once. Throws ERR_USAGE, ERR_CLOSED
   * once this end is closed, ERR_SYSTEM (EBADF, EMSGSIZE).
   */
  send(bytes: Uint8Array, fds: readonly number[] = []): SendResult {
    this.#throwIfClosed();
    if (bytes.length === 0 || fds.length > mostFds)
      throw new GuestheadError('ERR_USAGE', `A message has one byte or more, and at most ${mostFds} descriptors`);
    try {
      this.native.sendMessage(this.fd, bytes, Uint32Array.from(fds));
      return 'sent';
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === EAGAIN || errno === ETOOMANYREFS) return 'full';
      if (errno === EPIPE || errno === ECONNRESET) return 'gone';
      throw coded(error);
    }
  }

  /** Completes `messages$`. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reader?.complete();
    closeSync(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #endReading(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#reader = undefined;
  }

  /** With an errno the watcher has stopped: what the peer has left is read to its end. */
  #onReadable(errno: number): void {
    const reader = this.#reader;
    try {
      for (let count = 0; this.#reader === reader && (errno !== 0 || count < messagesATurn); count++)
        if (!this.#readOne()) break;
      if (errno !== 0) this.#reader?.complete();
    } catch (error) {
      this.#reader?.error(coded(error));
    }
  }

  /** Whether there may be another. */
  #readOne(): boolean {
    const message = this.native.receiveMessage(this.fd, this.#into, this.limits.fds);
    if (message === undefined) return false;
    const { length, fds } = message;
    if (length === 0) this.#reader?.complete();
    else this.#reader?.next({ bytes: this.#into.slice(0, length), fds });
    return length > 0;
  }

  #throwIfClosed(): void {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The socket is closed');
  }
}

function checkLimits({ bytes = 65_536, fds = mostFds }: MessageLimits): CheckedLimits {
  const isWhole = Number.isInteger(bytes) && Number.isInteger(fds);
  if (!isWhole || bytes < 1 || fds < 0 || fds > mostFds)
    throw new GuestheadError('ERR_USAGE', `A message is limited to 1 or more bytes and 0 to ${mostFds} descriptors`);
  return { bytes, fds };
}
