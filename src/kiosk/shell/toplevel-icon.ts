/** xdg_toplevel_icon_manager_v1: windows have icons, which nobody shows here; what they are made of is checked. */
import { enums, ProtocolError, type Resource, type WaylandServer } from '../../wayland/index.js';
import type { Contents } from '../contents.js';
import { ShmBuffer } from '../shm-buffer.js';

type IconResource = Resource<'xdg_toplevel_icon_v1'>;

const version = 1;
const { invalid_buffer, immutable, no_buffer } = enums.xdg_toplevel_icon_v1.error;

export function offerToplevelIcons(server: WaylandServer, contents: Contents): void {
  const icons = new WeakMap<IconResource, Icon>();
  server.offer('xdg_toplevel_icon_manager_v1', version, (manager) => {
    manager.implement({
      destroy: () => undefined,
      create_icon: (resource) => {
        icons.set(resource, new Icon(resource, contents));
      },
      set_icon: (_toplevel, resource) => {
        if (resource !== null) icons.get(resource)?.assign();
      },
    });
    // No size is liked better than another.
    manager.send.done();
  });
}

class Icon {
  readonly #buffers = new Set<Resource<'wl_buffer'>>();
  #isAssigned = false;

  constructor(
    private readonly resource: IconResource,
    private readonly contents: Contents,
  ) {
    resource.implement({
      destroy: () => {
        this.#assertBuffers();
      },
      set_name: () => {
        this.#assertMutable();
      },
      add_buffer: (buffer) => {
        this.#assertMutable();
        if (buffer !== null) this.#add(buffer);
      },
    });
  }

  assign(): void {
    this.#assertBuffers();
    this.#isAssigned = true;
  }

  #add(buffer: Resource<'wl_buffer'>): void {
    const content = this.contents.of(buffer);
    if (!(content instanceof ShmBuffer) || content.width !== content.height)
      throw new ProtocolError(this.resource, invalid_buffer, 'an icon is a square in shared memory');
    this.#buffers.add(buffer);
  }

  /** They are kept as long as the icon: that is looked for when the client names it. */
  #assertBuffers(): void {
    for (const { alive } of this.#buffers)
      if (!alive) throw new ProtocolError(this.resource, no_buffer, 'a buffer has gone before its icon');
  }

  #assertMutable(): void {
    this.#assertBuffers();
    if (this.#isAssigned) throw new ProtocolError(this.resource, immutable, 'the icon is a window’s already');
  }
}
