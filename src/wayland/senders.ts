/** What sends an interface's events: a class for each interface, made of its table once, when it is needed. */
import type { MessageTable } from '../native/wayland.js';
import { tables } from './protocol/tables.js';

/** Who has the events. */
export interface Sender {
  post(opcode: number, values: readonly unknown[]): void;
  /** The same of an event with which the object ends. */
  postLast(opcode: number, values: readonly unknown[]): void;
}

interface HasHandle {
  readonly handle: number;
}

type Send = (this: EventSender, ...values: unknown[]) => void;

class EventSender {
  constructor(readonly sender: Sender) {}
}

const senders = new Map<string, typeof EventSender>();

/** An object with a method for each event of the interface. */
export function eventsOf(name: string, sender: Sender): object {
  const Events = senders.get(name) ?? senderOf(name);
  return new Events(sender);
}

function senderOf(name: string): typeof EventSender {
  const Events = classOf(tables.find((table) => table.name === name)?.events ?? []);
  senders.set(name, Events);
  return Events;
}

function classOf(events: readonly MessageTable[]): typeof EventSender {
  class Events extends EventSender {}
  events.forEach((event, opcode) => {
    Object.defineProperty(Events.prototype, event[0], { value: sends(event, opcode) });
  });
  return Events;
}

function sends([, signature, , destroys = false]: MessageTable, opcode: number): Send {
  const hasObjects = /[on]/.test(signature);
  if (destroys)
    return function (...values) {
      this.sender.postLast(opcode, hasObjects ? values.map(onWire) : values);
    };
  return function (...values) {
    this.sender.post(opcode, hasObjects ? values.map(onWire) : values);
  };
}

/** Objects go as their handles. */
function onWire(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'handle' in value ? (value as HasHandle).handle : value;
}
