/** The objects that clients have made of one kind of device of the seat. */
import type { Client, Requests, Resource } from '../../wayland/index.js';

type DeviceName = 'wl_pointer' | 'wl_keyboard' | 'wl_touch';

interface Entry<Name extends DeviceName> {
  readonly resource: Resource<Name>;
  readonly generation: number;
}

/** From this version on an object is of use only until the capability goes. */
const boundToCapability = 5;

export class Bound<Name extends DeviceName> {
  readonly #entries = new Map<Client, Set<Entry<Name>>>();
  #generation = 0;

  /** `requests` are the object's, from now on. */
  add(resource: Resource<Name>, requests: Requests<Name>): void {
    const { client } = resource;
    const entry = { resource, generation: this.#generation };
    const entries = this.#entries.get(client) ?? new Set();
    this.#entries.set(client, entries.add(entry));
    resource.implement(requests, () => {
      entries.delete(entry);
      if (entries.size === 0 && this.#entries.get(client) === entries) this.#entries.delete(client);
    });
  }

  /** The capability is there again: newer objects that were made before are silent from now on. */
  renew(): void {
    this.#generation++;
  }

  /** Those of a client that are told events. */
  of(client: Client): Resource<Name>[] {
    return [...(this.#entries.get(client) ?? [])]
      .filter((entry) => this.#speaks(entry))
      .map(({ resource }) => resource);
  }

  #speaks({ resource, generation }: Entry<Name>): boolean {
    return resource.version < boundToCapability || generation === this.#generation;
  }
}
