/** Unix sockets that carry whole messages and descriptors (native/process). */

/** What `receiveMessage` read. */
export interface NativeMessage {
  /** Bytes; 0 = the peer is gone, and nothing follows. */
  readonly length: number;
  /** The caller's to close; all are close-on-exec. */
  readonly fds: readonly number[];
}

export interface SocketAddon {
  /**
   * Sends one datagram to a Unix socket, without waiting. `address` is what stands in
   * sun_path, 1–108 bytes: a path, or a zero byte and an abstract name. Throws NativeError
   * (ENOENT, ECONNREFUSED: nobody there; EAGAIN: the receiver's queue is full; EACCES, EMSGSIZE, …).
   */
  sendDatagram(address: Uint8Array, message: Uint8Array): void;
  /**
   * SO_PEERCRED of a connected Unix socket: who called listen() or connect() at its other end; 0 = a process outside of this one's
   * PID namespace. Throws NativeError.
   */
  peerProcess(fd: number): number;
  /**
   * A new Unix socket (SOCK_SEQPACKET) that takes connections at `address`, which is as for `sendDatagram`;
   * non-blocking, close-on-exec, owned by the caller, who also removes the file that a path leaves. Throws
   * NativeError (EADDRINUSE: somebody listens there, or has left the file; EACCES, ENOENT, …).
   */
  listenSocket(address: Uint8Array): number;
  /**
   * The next connection that waits at such a socket, after `watchReadable`; non-blocking, close-on-exec, owned by
   * the caller. Undefined = none waits. Throws NativeError (EMFILE: it goes on waiting).
   */
  acceptSocket(fd: number): number | undefined;
  /**
   * A connection to such a socket; non-blocking, close-on-exec, owned by the caller. Throws NativeError
   * (ENOENT, ECONNREFUSED: nobody listens; EAGAIN: too many connections wait there).
   */
  connectSocket(address: Uint8Array): number;
  /** The same to a socket of SOCK_STREAM. */
  connectStream(address: Uint8Array): number;
  /** The two ends of a new connection of SOCK_STREAM; non-blocking, close-on-exec, owned by the caller. Throws NativeError. */
  socketPair(): readonly [number, number];
  /**
   * Sends one message of at least one byte with at most 253 descriptors, which stay the caller's; without waiting,
   * all of it or nothing. Throws NativeError (EAGAIN: the peer has too much unread; EPIPE,
   * ECONNRESET: it is gone; EMSGSIZE; EBADF: one of the descriptors is closed; ETOOMANYREFS: too many of this user are
   * under way).
   */
  sendMessage(fd: number, bytes: Uint8Array, fds: Uint32Array): void;
  /**
   * Reads the next message into `into`. Undefined = there is none for now. Throws NativeError where
   * the message was longer or brought more than `mostFds` (0–253) descriptors (EMSGSIZE), or
   * this process has no descriptor left for one of them (EMFILE): the message is lost then, and all that came with it closed.
   */
  receiveMessage(fd: number, into: Uint8Array, mostFds: number): NativeMessage | undefined;
}
