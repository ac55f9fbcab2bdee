/** The addon's Wayland server, as src/wayland uses it; native/wayland/server.h has what it promises. */

/** [name, signature, an interface or null for each argument, whether the object ends with it]. */
export type MessageTable = readonly [
  name: string,
  signature: string,
  types: readonly (string | null)[],
  destroys?: boolean,
];

export interface InterfaceTable {
  readonly name: string;
  readonly version: number;
  readonly requests: readonly MessageTable[];
  readonly events: readonly MessageTable[];
}

/** What `onEvent` is told, by its first argument. */
export const eventKinds = { client: 0, clientGone: 1, bind: 2, destroyed: 3, log: 4, greedy: 5 } as const;

/** Why a client has gone, by the number that `clientGone` is told with; the first is what is not the server's doing. */
export const clientEnds = ['left', 'error', 'too much', 'stuck'] as const;

/** An object, a client or a global; 0 is none. A number is never given twice. */
export type Handle = number;

export interface NativeWayland {
  /** At an absolute path, with a lock file beside it. Throws NativeError (EADDRINUSE, …). */
  listen(path: string): void;
  /**
   * What each client may have: objects, and a share of a processor for so many seconds, beyond which `greedy` is told; and how many
   * clients are taken at the sockets before others wait.
   */
  limit(objects: number, clients: number, share: number, seconds: number): void;
  /** For a connected socket, of which it keeps a duplicate. */
  createClient(fd: number): Handle;
  /** At once, or when the messages that are being read have been. Throws NativeError (ENOTCONN) for one that has gone. */
  destroyClient(client: Handle): void;
  /** [pid, uid, gid] of who connected. */
  credentials(client: Handle): [number, number, number];
  /** Of the socket at which it connected; empty for one that came by `createClient`. */
  socketPath(client: Handle): string;
  /** Tells the client that it asked for too much, which ends it. */
  postNoMemory(client: Handle): void;
  /** Which globals the client sees: those whose mask shares a bit with its own, which is 1 at first. */
  setClientMask(client: Handle, mask: number): void;
  addGlobal(name: string, version: number, mask: number): Handle;
  /** Clients are told that it goes; one that has not heard yet may still bind it. */
  removeGlobal(global: Handle): void;
  destroyGlobal(global: Handle): void;
  /** Offers libwayland's own wl_shm. */
  initShm(): void;
  nextSerial(): number;
  stats(): { readonly clients: number; readonly resources: number; readonly globals: number };
  /** Sent when all that the loop has told was answered. Whether it is: not to an object that has gone, nor about one. */
  post(resource: Handle, opcode: number, ...values: readonly unknown[]): boolean;
  /** The same of an event with which the object ends, sent or not; as with `destroyResource`. */
  postLast(resource: Handle, opcode: number, ...values: readonly unknown[]): boolean;
  postError(resource: Handle, code: number, text: string): void;
  /** A new object of the same client; 0 where that has gone. */
  createResource(sibling: Handle, name: string, version: number): Handle;
  /** Who calls it knows of its end: `destroyed` is not told of this one. */
  destroyResource(resource: Handle): void;
  /** [interface, version, id on the wire, client]; null for one that has gone. */
  describeResource(resource: Handle): [string, number, number, Handle] | null;
  /** [width, height, stride in bytes, format]; null for what is no buffer of wl_shm. */
  shmInfo(buffer: Handle): [number, number, number, number] | null;
  /** Copies a rectangle to the same place of `target`, four bytes a pixel; whether there was a buffer. */
  shmRead(
    buffer: Handle,
    target: Uint8Array,
    targetStride: number,
    x: number,
    y: number,
    width: number,
    height: number,
  ): boolean;
  /** Draws a buffer, as native/paint/painting.h says; false where it is gone, or its rows cannot be read as pixels. */
  shmPaint(buffer: Handle, target: Uint32Array, numbers: Float64Array): boolean;
  /**
   * A new dma-buf of the pages that a buffer of wl_shm lies in, the caller's to close. Throws NativeError: EBADF, no memory of it
   * is known; EPERM, it may shrink and its client has sealed that; EINVAL, it begins within a page, or the kernel refuses it.
   */
  shmDmabuf(buffer: Handle): number;
  /** Ends all clients; nothing is told of it. Idempotent. */
  close(): void;
}

export interface WaylandAddon {
  /** A new memfd with these bytes that nobody can change; it can only be read, and is the caller's to close. Throws NativeError. */
  createSealedFile(bytes: Uint8Array): number;
  /**
   * Requests come as (object, opcode, …values): objects as handles, descriptors as numbers that are the handler's to close unless
   * it throws, which ends the client and is told to `onFault`. Throws an Error with ERR_LIBRARY_MISSING without libwayland-server.
   */
  openWayland(
    table: readonly InterfaceTable[],
    onRequest: (resource: Handle, opcode: number, ...values: unknown[]) => void,
    onEvent: (kind: number, ...details: unknown[]) => void,
    onFault: (error: unknown, client: Handle) => void,
  ): NativeWayland;
}
