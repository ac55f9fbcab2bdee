/** When this process began, on the clock of the flips. */
import { readFileSync } from 'node:fs';

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const msPerTick = 10;

/**
 * CLOCK_MONOTONIC, ms, to 10 ms: Node's own start-up is included. The kernel counts from boot
 * (/proc/self/stat, field 22), sleep included, so that after a suspend it is later than true.
 */
export function processStartMs(stat = readFileSync('/proc/self/stat', 'utf8')): number {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(afterName[19]) * msPerTick;
}
