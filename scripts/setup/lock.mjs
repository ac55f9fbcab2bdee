/**
 * One set-up at a time for a folder: a checkout, or the user's cache. The lock is an abstract
 * Unix socket, not a file: the kernel gives it back with its process, so that it is never stale.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { connect, createServer } from 'node:net';

/** Runs `work` while holding the lock of an existing folder; `onWait` is called once when another set-up has it. */
export async function withLock(folder, work, onWait) {
  const address = `\0guesthead-setup-${createHash('sha256').update(realpathSync(folder)).digest('hex')}`;
  let lock = await tryLock(address);
  if (lock === undefined) onWait();
  while (lock === undefined) {
    await holderEnds(address);
    lock = await tryLock(address);
  }
  try {
    return await work();
  } finally {
    lock.close();
    for (const waiter of lock.waiters) waiter.destroy();
  }
}

/** The lock, or undefined while somebody else has it. */
function tryLock(address) {
  return new Promise((resolve, reject) => {
    const server = createServer((waiter) => {
      server.waiters.add(waiter);
      waiter.on('error', () => waiter.destroy());
    });
    server.waiters = new Set();
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(address, () => resolve(server));
  });
}

/** Resolves when the connection to the holder breaks, or there is none to connect to. */
function holderEnds(address) {
  return new Promise((resolve) => {
    connect(address)
      .on('error', () => undefined)
      .once('close', resolve)
      .resume();
  });
}
