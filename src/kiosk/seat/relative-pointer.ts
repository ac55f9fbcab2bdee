/** zwp_relative_pointer_manager_v1: by how much the pointer was moved, also where it could not go. */
import type { Client, Resource, WaylandServer } from '../../wayland/index.js';

type RelativeResource = Resource<'zwp_relative_pointer_v1'>;

/** Pixels, and what the device said before acceleration. */
export interface Movement {
  readonly dx: number;
  readonly dy: number;
  readonly dxUnaccelerated: number;
  readonly dyUnaccelerated: number;
}

const version = 1;
/** Of the wire's numbers with a fraction. */
const most = 2 ** 23 - 1;

/** Movements are added up until the client is told, once a refresh. */
export class RelativePointers {
  readonly #bound = new Map<Client, Set<RelativeResource>>();
  #sum: Movement | undefined;

  constructor(server: WaylandServer) {
    server.offer('zwp_relative_pointer_manager_v1', version, (manager) => {
      manager.implement({
        destroy: () => undefined,
        get_relative_pointer: (resource) => {
          this.#bind(resource);
        },
      });
    });
  }

  /** Whether a client that has the pointer would be told of it. */
  moved(client: Client, by: Movement): boolean {
    if (!this.#bound.has(client)) return false;
    const sum = this.#sum;
    this.#sum = {
      dx: by.dx + (sum?.dx ?? 0),
      dy: by.dy + (sum?.dy ?? 0),
      dxUnaccelerated: by.dxUnaccelerated + (sum?.dxUnaccelerated ?? 0),
      dyUnaccelerated: by.dyUnaccelerated + (sum?.dyUnaccelerated ?? 0),
    };
    return true;
  }

  /** The pointer is in another surface, which hears of the place alone. */
  forget(): void {
    this.#sum = undefined;
  }

  /** Whether there was something to tell; its frame is the caller's to send. */
  tell(client: Client, timeUs: number): boolean {
    const sum = this.#sum;
    const pointers = this.#bound.get(client);
    this.#sum = undefined;
    if (sum === undefined || pointers === undefined) return false;
    const values = [sum.dx, sum.dy, sum.dxUnaccelerated, sum.dyUnaccelerated] as const;
    const [dx, dy, dxUnaccelerated, dyUnaccelerated] = values.map((value) => Math.max(-most, Math.min(value, most)));
    for (const { send } of pointers)
      send.relative_motion(
        Math.floor(timeUs / 2 ** 32),
        timeUs % 2 ** 32,
        dx ?? 0,
        dy ?? 0,
        dxUnaccelerated ?? 0,
        dyUnaccelerated ?? 0,
      );
    return true;
  }

  #bind(resource: RelativeResource): void {
    const { client } = resource;
    const pointers = this.#bound.get(client) ?? new Set();
    this.#bound.set(client, pointers.add(resource));
    resource.implement({ destroy: () => undefined }, () => {
      pointers.delete(resource);
      if (pointers.size === 0 && this.#bound.get(client) === pointers) this.#bound.delete(client);
    });
  }
}
