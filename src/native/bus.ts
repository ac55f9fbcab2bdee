/** The addon's D-Bus between two processes; `Native.openBusPeer` opens one. */

/** What a D-Bus message holds: numbers, bigints of 64 bits, booleans, strings, a Uint8Array for `ay`, and arrays of these. */
export type BusValue = number | bigint | boolean | string | Uint8Array | readonly BusValue[];

/** `fds` are the descriptors among the values: duplicates, close-on-exec, the handler's to close. */
export interface BusHandlers {
  /** The other end calls a method; `token` is what `reply` and `fail` take, 0 = it wants no answer, as with a signal. */
  call(
    token: number,
    path: string,
    interfaceName: string,
    member: string,
    signature: string,
    values: readonly BusValue[],
    fds: readonly number[],
  ): void;
  /** The answer to the call of that number; `error` is its name or empty, and then the first value tells more. */
  reply(call: number, error: string, values: readonly BusValue[], fds: readonly number[]): void;
  /** The connection has ended, by the other end (0) or for an errno: EPROTO and EBADMSG where it breaks the protocol. */
  end(errno: number): void;
}

/** An end of a D-Bus connection without a bus. Open, it keeps itself and the event loop alive. */
export interface NativeBusPeer {
  /**
   * Calls a method of the other end and returns the call's number. `values` has one for each complete type of `signature`; a
   * variant is `[signature, value]`, a descriptor stays the caller's. Throws NativeError (EAGAIN: a descriptor can be sent
   * only once the other end has answered something; ENOTCONN).
   */
  call(path: string, interfaceName: string, member: string, signature: string, values: readonly BusValue[]): number;
  /** Answers a call, once; a token that was answered, or is 0, is ignored. Throws as `call` does. */
  reply(token: number, signature: string, values: readonly BusValue[]): void;
  /** Answers a call with an error: a name such as `org.freedesktop.DBus.Error.Failed`. */
  fail(token: number, name: string, message: string): void;
  /** No handler is called after close. Idempotent. */
  close(): void;
}
