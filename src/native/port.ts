/** A character device that is a stream of bytes, as a virtio-serial port is. */
export interface NativePort {
  /** Hears the device from now on, and keeps the loop alive. Nothing changes where it does. Throws NativeError. */
  watch(): void;
  /** The opposite. */
  unwatch(): void;
  /** Reads what there is into the room: how many bytes, 0 at the end, -1 where there is nothing yet. Throws NativeError (ENODEV: it was unplugged). */
  read(): number;
  /** How many of the first `length` bytes the device takes; 0: it has no room. Throws NativeError. */
  write(bytes: Uint8Array, length: number): number;
  /** Idempotent. */
  close(): void;
}

export interface PortAddon {
  /**
   * Keeps a duplicate of `fd`, which does not block, with the lowest number that is free from `least` on (EINVAL: no number is that high).
   * Watched, it reads what comes into `room` and then calls `onRead` with the number of bytes, 0 at the end, or the negative errno for which it
   * has stopped. The room is the caller's again when the next call may come.
   */
  openPort(fd: number, least: number, room: Uint8Array, onRead: (count: number) => void): NativePort;
}
