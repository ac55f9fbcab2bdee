/** The live line of a run, on a terminal only. */
import type { Head } from '../output/index.js';
import type { RunStatistics } from '../report/index.js';

const everyMs = 500;

interface Shown {
  readonly head: Head;
  readonly statistics: RunStatistics;
}

/** Returns the function that takes the line away. */
export function showStatus(members: readonly Shown[]): () => void {
  if (!process.stderr.isTTY) return () => undefined;
  const timer = setInterval(() => {
    process.stderr.write(`\r\u001b[K${members.map(statusOf).join('   ')}`);
  }, everyMs);
  return () => {
    clearInterval(timer);
    process.stderr.write('\r\u001b[K');
  };
}

function statusOf({ head, statistics }: Shown): string {
  const { flipsPerSecond, missedFlips, flushFenceMs, flipMs } = statistics.figures();
  const buffers = Object.entries(head.states())
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${String(count)} ${state}`);
  return [
    head.info.display.connector,
    `${flipsPerSecond.toFixed(1)} flips/s`,
    `${String(missedFlips)} missed`,
    `flip ${(flipMs?.p50 ?? 0).toFixed(1)} ms`,
    `flush fence ${(flushFenceMs?.p50 ?? 0).toFixed(1)} ms`,
    buffers.join(', '),
  ].join('  ');
}
