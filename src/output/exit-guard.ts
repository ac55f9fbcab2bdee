/** Gives the screen back when the process ends, however it ends short of SIGKILL. */

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `restore` at process exit (an uncaught error included) and on SIGINT,
 * SIGTERM and SIGHUP. A program with its own handler for the signal decides what
 * the signal means; without one, the signal then ends the process as it
 * would have. Returns the function that takes the guard away.
 */
export function guardExit(restore: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (process.listenerCount(signal) > 1) return;
    restore();
    remove();
    process.kill(process.pid, signal);
  };
  const remove = () => {
    process.off('exit', restore);
    for (const signal of signals) process.off(signal, onSignal);
  };
  process.on('exit', restore);
  for (const signal of signals) process.on(signal, onSignal);
  return remove;
}
