/** The heads of a machine, as its D-Bus display names them. */
import { GuestheadError } from '../../errors.js';
import type { BusValue } from '../../native/index.js';
import type { Bus } from './bus.js';

const root = '/org/qemu/Display1';

export interface DisplayConsole {
  readonly path: string;
  /** The device's name to people, e.g. `virtio-gpu-pci`. */
  readonly label: string;
  /** Of its device, from 0. */
  readonly head: number;
  /** Pixels, when it was asked. */
  readonly width: number;
  readonly height: number;
}

/** The first device's head of that number. Throws ERR_QEMU where there is none. */
export async function findConsole(bus: Bus, head: number): Promise<DisplayConsole> {
  const machine = await propertiesOf(bus, `${root}/VM`, 'org.qemu.Display1.VM');
  const ids = machine.get('ConsoleIDs');
  const consoles = await Promise.all(
    (Array.isArray(ids) ? ids : []).map((id) => consoleAt(bus, `${root}/Console_${String(id)}`)),
  );
  const heads = consoles.flatMap((found) => found ?? []);
  const found = heads.find((one) => one.head === head);
  if (found !== undefined) return found;
  throw new GuestheadError('ERR_QEMU', `QEMU has no head ${head}`, {
    advice: `its heads are ${heads.map((one) => one.head).join(', ')}`,
  });
}

/** Undefined for one of text. */
async function consoleAt(bus: Bus, path: string): Promise<DisplayConsole | undefined> {
  const facts = await propertiesOf(bus, path, 'org.qemu.Display1.Console');
  if (facts.get('Type') !== 'Graphic') return undefined;
  const number = (name: string) => Number(facts.get(name) ?? 0);
  const label = String(facts.get('Label') ?? '');
  return { path, label, head: number('Head'), width: number('Width'), height: number('Height') };
}

async function propertiesOf(bus: Bus, path: string, interfaceName: string): Promise<ReadonlyMap<string, BusValue>> {
  const [entries] = await bus.call(path, ['org.freedesktop.DBus.Properties', 'GetAll'], 's', [interfaceName]);
  return entriesOf(entries);
}

/** Of a dictionary of variants. */
export function entriesOf(value: BusValue | undefined): ReadonlyMap<string, BusValue> {
  return new Map((Array.isArray(value) ? value : []) as readonly (readonly [string, BusValue])[]);
}
