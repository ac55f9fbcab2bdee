/** Shows the live line of made-up heads until SIGINT; SIGUSR1 is something to say in mid-run. */
import { showStatus } from '../../src/cli/status-line.js';

type Heads = Parameters<typeof showStatus>[0];

const connectors = process.argv.slice(2);
const heads = connectors.map((connector) => ({
  info: { display: { connector } },
  stats: () => ({ flipsPerSecond: 59.9, missedFlips: 0, flipMs: { p50: 12.1 }, flushFenceMs: { p50: 0.7 } }),
  states: () => ({ free: 2, current: 1, draining: 1 }),
})) as unknown as Heads;

console.error('before');
const hide = showStatus(heads);
process.on('SIGUSR1', () => process.stderr.write('GL draws again\n'));
process.once('SIGINT', () => {
  hide();
  console.log('after');
  process.exit(0);
});
