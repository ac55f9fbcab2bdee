/** Listening for connections while somebody is subscribed. */
import { closeSync, lstatSync, unlinkSync } from 'node:fs';
import { Observable, type Subscriber } from 'rxjs';
import { coded } from '../errors.js';
import type { Native } from '../native/index.js';
import { quietly } from '../owner.js';
import { isAbstract } from './address.js';
import { listenAt, type ListenNative } from './listen-at.js';

/** Emits what `wrap` makes of each connection's descriptor. */
export function connectionsAt<T>(
  path: string,
  native: ListenNative & Pick<Native, 'acceptSocket' | 'watchReadable'>,
  wrap: (fd: number) => T,
): Observable<T> {
  return new Observable((subscriber) => {
    try {
      const fd = listenAt(path, native);
      subscriber.add(() => closeSync(fd));
      if (!isAbstract(path)) subscriber.add(removerOf(path));
      const watcher = native.watchReadable(fd, () => {
        acceptAll(subscriber, () => native.acceptSocket(fd), wrap);
      });
      subscriber.add(() => watcher.close());
    } catch (error) {
      throw coded(error);
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
