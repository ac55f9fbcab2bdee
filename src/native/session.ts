/** The addon's session at a seat, as src/session uses it; native/session has what it promises. */

/** What `onEvent` tells by its first argument. */
export const sessionEvents = { disabled: 0, enabled: 1, gone: 2 } as const;

/** What its methods throw, beside NativeError's: what libseat said. */
export interface SeatRefusal extends Error {
  readonly errno?: number;
  readonly log?: string;
}

/** A session; open, it keeps itself and the event loop alive. Its methods wait for the daemon's answer, on this thread. */
export interface NativeSession {
  /** As the daemon calls the seat: `seat0`. */
  name(): string;
  /** What has come is told before this returns, or the loop that tells it already tells it next. */
  dispatch(): void;
  /**
   * [number, fd]: the daemon opens it, and says who is DRM master of it. The descriptor stays the session's, until `closeDevice`. Throws
   * NativeError with `log`: EPERM while the seat is not this session's, ENOTCONN once the daemon is gone.
   */
  openDevice(path: string): [number, number];
  /** With its descriptor. Throws RangeError for no such device. */
  closeDevice(device: number): void;
  /** After `disabled`: nothing of the seat's is used any more. Throws NativeError with `log`. */
  acknowledge(): void;
  /** Asks for another session, by its number or its virtual terminal's; whether it comes is told by events. Throws the same. */
  switchTo(session: number): void;
  /** With all devices. Idempotent. */
  close(): void;
}

export interface SessionAddon {
  /** Throws an Error with ERR_LIBRARY_MISSING without libseat. */
  loadSeat(): void;
  /**
   * By libseat's backend of this name; an empty one leaves the choice to libseat, and to LIBSEAT_BACKEND. `onEvent` hears of nothing before this
   * has returned, and of a daemon that is gone last, with errno and libseat's words. Throws NativeError with `log`, and as `loadSeat`.
   */
  openSession(backend: string, onEvent: (event: number, errno: number, log: string) => void): NativeSession;
}
