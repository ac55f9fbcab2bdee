/**
 * One set-up at a time in a checkout. The lock is an abstract Unix socket, not a
 * file: the kernel gives it back with its process, so that it is never stale.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { root } from './run.mjs';

const address = `\0guesthead-setup-${createHash('sha256').update(realpathSync(root)).digest('hex')}`;

/** Runs `work` while holding the lock; `onWait` is called once when another set-up has it. */
export async function withLock(work, onWait) {
  let lock = await tryLock();
  if (lock === undefined) onWait();
  while (lock === undefined) {
    await holderEnds();
    lock = await tryLock();
  }
  try {
    return await work();
  } finally {
    lock.close();
    for (const waiter of lock.waiters) waiter.destroy();
  }
}

/** The lock, or undefined while somebody else has it. */
function tryLock() {
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
function holderEnds() {
  return new Promise((resolve) => {
    connect(address)
      .on('error', () => undefined)
      .once('close', resolve)
      .resume();
  });
}
