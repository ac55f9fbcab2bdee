/** Methods that send an interface's events, made of its table once. */
import type { InterfaceTable } from '../native-wayland.js';
import { tables } from './protocol/tables.js';

/** Who has the events. */
export interface Sender {
  post(opcode: number, values: readonly unknown[]): void;
}

interface HasHandle {
  readonly handle: number;
}

type Send = (this: { readonly sender: Sender }, ...values: unknown[]) => void;

const prototypes = new Map(tables.map((table) => [table.name, prototypeOf(table)]));

/** An object with a method for each event of the interface. */
export function eventsOf(name: string, sender: Sender): object {
  return Object.create(prototypes.get(name) ?? null, { sender: { value: sender } }) as object;
}

function prototypeOf({ events }: InterfaceTable): object {
  return Object.fromEntries(events.map(([name], opcode) => [name, sends(opcode)]));
}

function sends(opcode: number): Send {
  return function (...values) {
    this.sender.post(opcode, values.map(onWire));
  };
}

/** Objects go as their handles. */
function onWire(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'handle' in value ? (value as HasHandle).handle : value;
}
