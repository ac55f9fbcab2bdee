/** The virtio-serial port to the host, by the name that QEMU's command line gives it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoName, errnoOf, GuestheadError } from '../../errors.js';

const portClass = '/sys/class/virtio-ports';

/** The port's device node. Throws ERR_NO_DEVICE, naming the ports that there are. */
export function findPort(name: string, folder: string = portClass): string {
  const ports = portsIn(folder);
  const port = ports.find((one) => one.name === name);
  if (port !== undefined) return port.node;
  const others = ports.map((one) => one.name).filter((one) => one !== '');
  const found = others.length === 0 ? 'there is none with a name' : `there are ${others.join(', ')}`;
  throw new GuestheadError('ERR_NO_DEVICE', `The machine has no virtio-serial port called ${name}: ${found}`, {
    advice: `give QEMU what \`guesthead host qemu --transfer\` prints: -device virtserialport,…,name=${name}`,
  });
}

interface NamedPort {
  /** Empty: it has none. */
  readonly name: string;
  readonly node: string;
}

function portsIn(folder: string): NamedPort[] {
  return entriesOf(folder).map((entry) => ({ name: nameIn(join(folder, entry)), node: join('/dev', entry) }));
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (errnoName(errnoOf(error) ?? 0) === 'ENOENT') return []; // the driver is not there
    throw error;
  }
}

/** A port that goes at this moment has no name any more. */
function nameIn(folder: string): string {
  try {
    return readFileSync(join(folder, 'name'), 'utf8').trim();
  } catch {
    return '';
  }
}
