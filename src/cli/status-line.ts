/** The live line of a run, on a terminal only. */
import type { Head } from '../head/index.js';

const everyMs = 500;

/** Returns the function that takes the line away. */
export function showStatus(heads: readonly Head[]): () => void {
  if (!process.stderr.isTTY) return () => undefined;
  const timer = setInterval(() => {
    process.stderr.write(`\r\u001b[K${heads.map(statusOf).join('   ')}`);
  }, everyMs);
  return () => {
    clearInterval(timer);
    process.stderr.write('\r\u001b[K');
  };
}

function statusOf(head: Head): string {
  const { flipsPerSecond, missedFlips, flushFenceMs, flipMs } = head.stats();
  const buffers = Object.entries(head.states())
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  return [
    head.info.display.connector,
    `${flipsPerSecond.toFixed(1)} flips/s`,
    `${missedFlips} missed`,
    `flip ${(flipMs?.p50 ?? 0).toFixed(1)} ms`,
    `flush fence ${(flushFenceMs?.p50 ?? 0).toFixed(1)} ms`,
    buffers.join(', '),
  ].join('  ');
}
