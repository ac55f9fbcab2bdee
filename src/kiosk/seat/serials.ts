/** Which serial was given to whom, and for what: a request that names one must have got it by the user's doing. */
import type { Client } from '../../wayland/index.js';

/** `press` and `release`: of a button, a key or a finger. */
export type SerialKind = 'pointer-enter' | 'press' | 'release' | 'other';

interface Given {
  readonly serial: number;
  readonly kind: SerialKind;
}

interface Record {
  readonly recent: Given[];
  /** The latest wl_pointer.enter. */
  entered: number | undefined;
}

/** Of one client: what it acts upon has happened just before. */
const mostRemembered = 32;

export class Serials {
  readonly #records = new WeakMap<Client, Record>();

  constructor(private readonly next: () => number) {}

  give(client: Client, kind: SerialKind): number {
    const serial = this.next();
    const record = this.#records.get(client) ?? { recent: [], entered: undefined };
    this.#records.set(client, record);
    record.recent.push({ serial, kind });
    if (record.recent.length > mostRemembered) record.recent.shift();
    if (kind === 'pointer-enter') record.entered = serial;
    return serial;
  }

  /** Whether the client was given it of late. */
  knows(client: Client, serial: number): boolean {
    return this.#find(client, serial) !== undefined;
  }

  /** Whether it is of something that the user did, for which a popup may grab. */
  grabAllowed(client: Client, serial: number): boolean {
    const kind = this.#find(client, serial)?.kind;
    return kind === 'press' || kind === 'release';
  }

  /** The latest enter's, or one given since: as weston and mutter take it, for some clients name the last button's. */
  mayChooseCursor(client: Client, serial: number): boolean {
    const entered = this.#records.get(client)?.entered;
    if (entered === undefined) return false;
    return serial === entered || (this.knows(client, serial) && !isOlder(serial, entered));
  }

  #find(client: Client, serial: number): Given | undefined {
    return this.#records.get(client)?.recent.find((given) => given.serial === serial);
  }
}

/** Serials of 32 bits begin anew after the last one. */
export function isOlder(serial: number, than: number): boolean {
  return serial !== than && (than - serial) >>> 0 < 2 ** 31;
}
