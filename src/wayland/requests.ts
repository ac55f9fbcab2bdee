/** The requests of the interfaces, as they are read: made of the tables once. */
import { closeSync } from 'node:fs';
import type { MessageTable } from '../native-wayland.js';
import { tables } from './protocol/tables.js';

const requests = new Map(tables.map((table) => [table.name, table.requests.map(readable)]));

/** Undefined where the interface has no such request. */
export function requestOf(interfaceName: string, opcode: number) {
  return requests.get(interfaceName)?.[opcode];
}

/** Those of a request that nobody has taken. */
export function closeDescriptors(letters: string, values: readonly unknown[]): void {
  values.forEach((value, index) => {
    if (letters[index] === 'h') closeSync(value as number);
  });
}

/** `letters`: the kind of each argument; `hasObjects`: some are objects, new ones or others. */
function readable([name, signature, types, destroys = false]: MessageTable) {
  const letters = signature.replace(/[0-9?]/g, '');
  return { name, letters, types, hasObjects: /[on]/.test(letters), destroys };
}
