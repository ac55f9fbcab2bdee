/** Gives the screen back when the process ends, however it ends short of SIGKILL. */

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Of all heads; while there are any, each signal has one listener of ours. */
const guarded = new Set<() => void>();

/**
 * Runs `restore` at process exit (an uncaught error included) and on SIGINT,
 * SIGTERM and SIGHUP. A program with its own handler for the signal decides what
 * the signal means; without one, the signal then ends the process as it
 * would have. Returns the function that takes the guard away.
 */
export function guardExit(restore: () => void): () => void {
  if (guarded.size === 0) listen();
  guarded.add(restore);
  return () => {
    if (guarded.delete(restore) && guarded.size === 0) unlisten();
  };
}

function listen(): void {
  process.on('exit', restoreAll);
  for (const signal of signals) process.prependListener(signal, onSignal);
}

function unlisten(): void {
  process.off('exit', restoreAll);
  for (const signal of signals) process.off(signal, onSignal);
}

/**
 * Called before the program's own handlers: one that ends the flips takes this one
 * away, and a `once` itself, and what is left would then look like no handler.
 */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  restoreAll();
  unlisten();
  process.kill(process.pid, signal);
}

function restoreAll(): void {
  for (const restore of guarded) restore();
}
