/**
 * Prints each connector with its preferred mode: at the start, and whenever a uevent
 * says that something is new and the kernel, asked again, then tells of other heads.
 * Runs until it is killed.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DrmNode, discover, selectDisplay } from '../../../src/device/index.js';
import { getConnector, getResources, type Connector } from '../../../src/ffi/index.js';

function describe({ name, status, modes }: Connector): string {
  const preferred = modes.find((mode) => mode.preferred);
  const size = preferred ? `${preferred.width}x${preferred.height}` : 'no preferred mode';
  return `${name} ${status === 'connected' ? size : status}`;
}

/** How many uevents the kernel has sent. */
function uevents(): number {
  return Number(readFileSync('/sys/kernel/uevent_seqnum', 'utf8'));
}

const node = DrmNode.open(selectDisplay(discover(), 'auto').node);
let shown = '';
for (let seen = -1; ;) {
  const now = uevents();
  if (now === seen) {
    await sleep(20);
    continue;
  }
  seen = now;
  const { connectors } = getResources(node.fd);
  const heads = connectors.map((id) => describe(getConnector(node.fd, id, { probe: true }))).join(', ');
  if (heads !== shown) console.log(heads);
  shown = heads;
}
