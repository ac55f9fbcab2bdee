/** One signal that comes twice: timeout(1) and npx pass on what the whole process group has had already. */
const echoMs = 500;

/**
 * `handle` without what is the same signal once more, within half a second of the one before: it is no second wish. Whoever loses
 * patience takes longer.
 */
export function withoutEcho(
  handle: (signal: NodeJS.Signals) => void,
  now = () => performance.now(),
): (signal: NodeJS.Signals) => void {
  const handledAt = new Map<NodeJS.Signals, number>();
  return (signal) => {
    const at = now();
    if (at - (handledAt.get(signal) ?? -Infinity) < echoMs) return;
    handledAt.set(signal, at);
    handle(signal);
  };
}
