/** Which number a message has on the wire: for who speaks it without libwayland. */
import type { MessageTable } from '../native/wayland.js';
import { tables } from './protocol/tables.js';

const byName = new Map(tables.map((table) => [table.name, table]));

/** Throws a TypeError where the interface has no such request. */
export function requestCode(interfaceName: string, request: string): number {
  const code = byName.get(interfaceName)?.requests.findIndex(([name]: MessageTable) => name === request) ?? -1;
  if (code < 0) throw new TypeError(`${interfaceName} has no request ${request}`);
  return code;
}

/** Empty for one that the interface does not have. */
export function eventName(interfaceName: string, code: number): string {
  return byName.get(interfaceName)?.events[code]?.[0] ?? '';
}
