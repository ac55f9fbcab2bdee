/**
 * Gives the screen back when the process exits: by `process.exit()`, with nothing left to do, or by
 * an uncaught error. It listens to no signal: a library that does keeps others which do
 * (signal-exit, in ora and execa) from acting, as they keep it. See `restoreOnSignals`.
 */

/** Of all heads, in the order in which they came. */
const guarded = new Set<() => void>();

/** Returns the function that takes the guard away; it is idempotent. */
export function guardExit(restore: () => void): () => void {
  if (guarded.size === 0) process.on('exit', restoreAll);
  guarded.add(restore);
  return () => {
    if (guarded.delete(restore) && guarded.size === 0) process.off('exit', restoreAll);
  };
}

/** One that cannot be given back is no reason to keep the others; the first failure is then thrown. */
function restoreAll(): void {
  const failures: unknown[] = [];
  for (const restore of guarded)
    try {
      restore();
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0) throw failures[0];
}
