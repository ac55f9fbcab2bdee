/** Signals for programs that have no handlers of their own: the process ends by them, but exits properly first. */
import { constants } from 'node:os';
import { GuestheadError } from '../errors.js';

export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let users = 0;

/**
 * Has SIGINT, SIGTERM and SIGHUP end the process as they do by default, but only after the
 * `exit` listeners have run, among them those that give every head's screen back. Without it,
 * and without a handler, such a signal ends the process at once, and the kernel leaves
 * the screen dark. It is for programs that have no handlers of their own: those close their heads
 * there, or call `process.exit()`. It takes no part in what other packages listen for.
 * Returns the function that ends this. Throws ERR_UNSUPPORTED in a worker thread, which gets no signals.
 */
export function restoreOnSignals(): () => void {
  const { isMainThread } = process.getBuiltinModule('node:worker_threads'); // loaded where it is needed, which is in few programs
  if (!isMainThread)
    throw new GuestheadError('ERR_UNSUPPORTED', 'A worker thread gets no signals', {
      advice: 'call restoreOnSignals on the main thread: the heads of its workers are given back, too',
    });
  if (users++ === 0) for (const signal of endingSignals) process.on(signal, endBySignal);
  let used = true;
  return () => {
    if (!used) return;
    used = false;
    if (--users === 0) for (const signal of endingSignals) process.off(signal, endBySignal);
  };
}

/**
 * Exits, and ends by the signal in the very last `exit` listener, with the handlers gone: a shell or service
 * manager is told what it was. `process.exit()` has others' listeners run, too.
 */
export function endBySignal(signal: NodeJS.Signals): never {
  process.once('exit', () => {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
  return process.exit(128 + constants.signals[signal]);
}
