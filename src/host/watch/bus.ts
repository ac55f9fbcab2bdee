/** One end of a D-Bus connection to QEMU, with answers as promises. */
import { closeSync } from 'node:fs';
import { coded, errnoName, errnoOf, GuestheadError } from '../../errors.js';
import { installAdvice } from '../../ffi/index.js';
import type { BusValue, Native, NativeBusPeer } from '../../native/index.js';

export type BusNative = Pick<Native, 'openBusPeer'>;

/** A call, or a signal, of the other end. */
export interface BusCall {
  readonly path: string;
  readonly interfaceName: string;
  readonly member: string;
  readonly signature: string;
  /** Descriptors among them are closed when the handler returns: it duplicates what it keeps. */
  readonly values: readonly BusValue[];
  /** Once, at any time; nothing happens where no answer is wanted, or the connection has ended. */
  answer(signature?: string, values?: readonly BusValue[]): void;
  refuse(why: string): void;
}

export interface BusOptions {
  /** The end that checks who the other one is; default: the one that says it. */
  readonly isServer?: boolean;
  readonly onCall?: (call: BusCall) => void;
  /** The other end is gone; `why` says where it broke the protocol. */
  readonly onEnd?: (why: string | undefined) => void;
}

interface Waiting {
  readonly resolve: (values: readonly BusValue[]) => void;
  readonly reject: (error: Error) => void;
}

const answerMs = 5_000;
const packages = {
  debian: 'libsystemd0',
  fedora: 'systemd-libs',
  arch: 'systemd-libs',
  alpine: 'libelogind',
  nix: 'systemd',
};

export class Bus {
  readonly #peer: NativeBusPeer;
  readonly #waiting = new Map<number, Waiting>();
  #ended = false;

  /** Keeps a duplicate of `fd`. Throws ERR_LIBRARY_MISSING, ERR_SYSTEM. */
  constructor(
    fd: number,
    native: BusNative,
    private readonly options: BusOptions = {},
  ) {
    try {
      this.#peer = native.openBusPeer(fd, options.isServer ?? false, {
        call: (token, path, interfaceName, member, signature, values, fds) => {
          this.#take({ ...{ path, interfaceName, member, signature, values }, ...this.#answers(token) }, fds);
        },
        reply: (call, error, values, fds) => {
          fds.forEach(closeSync); // nothing that is asked here is answered with one
          this.#settle(call, error, values);
        },
        end: (errno) => {
          this.#end(errno === 0 ? undefined : errnoName(errno));
        },
      });
    } catch (error) {
      throw explained(error);
    }
  }

  /** Calls a method `interface.member` of an object. Throws ERR_QEMU: refused, no answer in time, the other end is gone. */
  call(
    path: string,
    [interfaceName, member]: readonly [interfaceName: string, member: string],
    signature = '',
    values: readonly BusValue[] = [],
  ): Promise<readonly BusValue[]> {
    return new Promise((resolve, reject) => {
      if (this.#ended) throw gone(member);
      const call = this.#peer.call(path, interfaceName, member, signature, values);
      const timer = setTimeout(() => {
        this.#waiting.delete(call);
        reject(noAnswer(member));
      }, answerMs);
      const settled = <T>(then: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(timer);
          then(value);
        };
      };
      this.#waiting.set(call, { resolve: settled(resolve), reject: settled(reject) });
    });
  }

  /** No handler is called after it. Idempotent. */
  close(): void {
    this.#ended = true;
    this.#peer.close();
    this.#rejectAll();
  }

  #answers(token: number): Pick<BusCall, 'answer' | 'refuse'> {
    return {
      answer: (signature = '', values = []) => {
        this.#send(() => this.#peer.reply(token, signature, values));
      },
      refuse: (why) => {
        this.#send(() => this.#peer.fail(token, 'org.freedesktop.DBus.Error.InvalidArgs', why));
      },
    };
  }

  /** An answer that the other end is no longer there for; `onEnd` tells that. */
  #send(send: () => void): void {
    if (this.#ended) return;
    try {
      send();
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
    }
  }

  #take(call: BusCall, fds: readonly number[]): void {
    try {
      if (this.options.onCall === undefined) call.refuse('nothing is offered here');
      else this.options.onCall(call);
    } finally {
      fds.forEach(closeSync);
    }
  }

  #settle(call: number, error: string, values: readonly BusValue[]): void {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    if (error === '') waiting?.resolve(values);
    else waiting?.reject(new GuestheadError('ERR_QEMU', `QEMU refused: ${error}: ${String(values[0] ?? '')}`));
  }

  #end(why: string | undefined): void {
    this.#ended = true;
    this.#rejectAll();
    this.options.onEnd?.(why);
  }

  #rejectAll(): void {
    for (const { reject } of this.#waiting.values()) reject(gone('a call'));
    this.#waiting.clear();
  }
}

function noAnswer(member: string): GuestheadError {
  return new GuestheadError('ERR_QEMU', `QEMU gives no answer over D-Bus for ${answerMs / 1000} s`, {
    operation: member,
    advice: "it may hang, or run with a GLib older than 2.74.6, which may not understand libsystemd's authentication",
  });
}

function gone(what: string): GuestheadError {
  return new GuestheadError('ERR_QEMU', 'The D-Bus connection has ended', { operation: what });
}

function explained(cause: unknown): Error {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_LIBRARY_MISSING')) return coded(cause);
  const details = { operation: cause.message, cause, advice: installAdvice(packages) };
  return new GuestheadError('ERR_LIBRARY_MISSING', 'D-Bus needs libsystemd.so.0, or libelogind.so.0', details);
}
