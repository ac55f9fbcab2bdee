/** Listening for connections while somebody is subscribed. */
import { closeSync, lstatSync, unlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { Observable, type Subscriber } from 'rxjs';
import { coded, errnoOf, GuestheadError } from '../errors.js';
import type { Native } from '../native.js';
import { quietly } from '../owner.js';
import { addressOf, isAbstract } from './address.js';

/** Emits what `wrap` makes of each connection's descriptor. */
export function connectionsAt<T>(
  path: string,
  native: Pick<Native, 'listenSocket' | 'acceptSocket' | 'watchReadable'>,
  wrap: (fd: number) => T,
): Observable<T> {
  return new Observable((subscriber) => {
    try {
      const fd = native.listenSocket(addressOf(path));
      subscriber.add(() => closeSync(fd));
      if (!isAbstract(path)) subscriber.add(removerOf(path));
      const watcher = native.watchReadable(fd, () => {
        acceptAll(subscriber, () => native.acceptSocket(fd), wrap);
      });
      subscriber.add(() => watcher.close());
    } catch (error) {
      throw explained(error, path);
    }
  });
}

/** One that cannot be taken waits on: whoever would go on here would be asked for it without end. */
function acceptAll<T>(subscriber: Subscriber<T>, accept: () => number | undefined, wrap: (fd: number) => T): void {
  try {
    while (!subscriber.closed) {
      const fd = accept();
      if (fd === undefined) return;
      subscriber.next(wrap(fd));
    }
  } catch (error) {
    subscriber.error(coded(error));
  }
}

/** Removes the socket's file, unless another listener has put its own there meanwhile. */
function removerOf(path: string): () => void {
  const { dev, ino } = lstatSync(path);
  return () => {
    quietly(() => {
      const now = lstatSync(path);
      if (now.dev === dev && now.ino === ino) unlinkSync(path);
    });
  };
}

function explained(error: unknown, path: string): Error {
  const known = coded(error);
  if (errnoOf(error) !== constants.errno.EADDRINUSE) return known;
  return new GuestheadError('ERR_SYSTEM', `${path} is taken`, {
    operation: 'bind',
    errno: constants.errno.EADDRINUSE,
    cause: error,
    advice: 'another process listens there, or has left the file: remove it where none does',
  });
}
