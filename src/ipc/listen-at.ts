/** A socket that listens at a path, also where a listener that was killed has left its file there. */
import { createHash } from 'node:crypto';
import { closeSync, lstatSync, statSync, unlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, dirname } from 'node:path';
import { coded, errnoOf, GuestheadError } from '../errors.js';
import type { Native } from '../native/index.js';
import { addressOf, isAbstract } from './address.js';

export type ListenNative = Pick<Native, 'listenSocket' | 'connectSocket'>;

const { EADDRINUSE, ECONNREFUSED } = constants.errno;

/** Its descriptor, the caller's. Throws ERR_USAGE for no path, ERR_SYSTEM (EADDRINUSE: somebody listens there, or the file is none of a socket). */
export function listenAt(path: string, native: ListenNative): number {
  const address = addressOf(path);
  try {
    return isAbstract(path) ? native.listenSocket(address) : alone(path, native, () => listenAnew(path, native));
  } catch (error) {
    throw errnoOf(error) === EADDRINUSE ? taken(path, error) : coded(error);
  }
}

/**
 * One at a time: a socket that is bound and does not listen yet refuses connections as one does that nobody has any more, and two
 * that find the same file left would each remove the other's. The kernel frees an abstract name with whoever had it.
 */
function alone<T>(path: string, native: ListenNative, use: () => T): T {
  const lock = native.listenSocket(addressOf(`@${lockOf(path)}`));
  try {
    return use();
  } finally {
    closeSync(lock);
  }
}

/** @internal The same for every way to write the path. */
export function lockOf(path: string): string {
  const { dev, ino } = statSync(dirname(path));
  return `guesthead-listen-${createHash('sha256')
    .update(`${dev}:${ino}/${basename(path)}`)
    .digest('hex')}`;
}

function listenAnew(path: string, native: ListenNative): number {
  const address = addressOf(path);
  try {
    return native.listenSocket(address);
  } catch (error) {
    if (errnoOf(error) !== EADDRINUSE || !isLeft(path, native)) throw error;
    unlinkSync(path);
    return native.listenSocket(address);
  }
}

/** A socket at which nobody listens. Of a file that is no socket, the kernel says the same. */
function isLeft(path: string, native: ListenNative): boolean {
  if (!lstatSync(path).isSocket()) return false;
  try {
    closeSync(native.connectSocket(addressOf(path)));
    return false;
  } catch (error) {
    return errnoOf(error) === ECONNREFUSED;
  }
}

function taken(path: string, cause: unknown): GuestheadError {
  const isOther = !isAbstract(path) && lstatSync(path, { throwIfNoEntry: false })?.isSocket() === false;
  return new GuestheadError('ERR_SYSTEM', `${path} is taken`, {
    operation: 'bind',
    errno: EADDRINUSE,
    cause,
    advice: isOther
      ? 'what is there is no socket: remove it, or choose another path'
      : 'another process listens there: end it, or choose another path',
  });
}
