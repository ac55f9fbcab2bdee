/** What was copied last, offered to the client that is typed into: the clipboard is one, the primary selection another. */
import type { Client } from '../../../wayland/index.js';
import { isOlder, type Serials } from '../serials.js';
import type { AnySource } from './source.js';

/** A client's object by which it hears of the selection. */
export interface SelectionDevice<Kind extends AnySource> {
  readonly client: Client;
  /** Offers it; undefined: there is none. What was offered before gives nothing any more. */
  offer(source: Kind | undefined): void;
  /** Its client is not typed into any more. */
  withdraw(): void;
}

export class Selection<Kind extends AnySource> {
  readonly #devices = new Set<SelectionDevice<Kind>>();
  #source: Kind | undefined;
  /** Of who set it last, where that was known. */
  #serial: number | undefined;
  #focus: Client | undefined;

  constructor(private readonly serials: Serials) {}

  add(device: SelectionDevice<Kind>): void {
    this.#devices.add(device);
    if (device.client === this.#focus && this.#source !== undefined) device.offer(this.#source);
  }

  remove(device: SelectionDevice<Kind>): void {
    this.#devices.delete(device);
  }

  /** Before the client is typed into. */
  focus(client: Client | undefined): void {
    if (client === this.#focus) return;
    for (const device of this.#of(this.#focus)) device.withdraw();
    this.#focus = client;
    for (const device of this.#of(client)) device.offer(this.#source);
  }

  /** A client asks for it; it is told that its source is of no use where it may not. `undefined` empties the selection. */
  set(client: Client, serial: number, source: Kind | undefined): void {
    if (!this.#mayBeSet(client, serial)) {
      source?.cancel();
      return;
    }
    if (this.serials.knows(client, serial)) this.#serial = serial;
    this.#replace(source);
  }

  /** By the user's doing, no older than the last one's; who is typed into may at any time. */
  #mayBeSet(client: Client, serial: number): boolean {
    if (!this.serials.knows(client, serial)) return client === this.#focus;
    return this.#serial === undefined || !isOlder(serial, this.#serial);
  }

  #replace(source: Kind | undefined): void {
    const before = this.#source;
    if (source === before) return;
    before?.whenGone(() => undefined);
    this.#source = source;
    source?.whenGone(() => {
      this.#replace(undefined);
    });
    if (before?.alive === true) before.cancel();
    for (const device of this.#of(this.#focus)) device.offer(source);
  }

  #of(client: Client | undefined): SelectionDevice<Kind>[] {
    return [...this.#devices].filter((device) => device.client === client);
  }
}
