/** The clients' buffers: one content each, however often it is attached. */
import type { AnyResource, Resource, WaylandServer } from '../wayland/index.js';
import type { Content } from './content.js';
import { ShmBuffer } from './shm-buffer.js';

export class Contents {
  readonly #known = new WeakMap<AnyResource, Content>();

  constructor(private readonly server: WaylandServer) {}

  /** For buffers of kinds that libwayland does not make. */
  add(resource: Resource<'wl_buffer'>, content: Content): void {
    this.#known.set(resource, content);
  }

  /** Undefined for a buffer of no kind that was offered. */
  of(resource: Resource<'wl_buffer'>): Content | undefined {
    const known = this.#known.get(resource);
    if (known !== undefined) return known;
    const shm = ShmBuffer.of(this.server, resource);
    if (shm !== undefined) this.#known.set(resource, shm);
    return shm;
  }
}
