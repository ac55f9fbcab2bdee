/** The requests of the interfaces, as they are read: made of an interface's table once, when it is needed. */
import { closeSync } from 'node:fs';
import type { MessageTable } from '../native/wayland.js';
import { tables } from './protocol/tables.js';

export type Request = ReturnType<typeof readable>;

const requests = new Map<string, readonly Request[]>();

/** By their opcodes. */
export function requestsOf(interfaceName: string): readonly Request[] {
  return requests.get(interfaceName) ?? readAll(interfaceName);
}

function readAll(interfaceName: string): readonly Request[] {
  const read = (tables.find(({ name }) => name === interfaceName)?.requests ?? []).map(readable);
  requests.set(interfaceName, read);
  return read;
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
