/** zwp_primary_selection_device_manager_v1: what was selected last, pasted by the middle button. */
import type { Resource, WaylandServer } from '../../../wayland/index.js';
import { Selection, type SelectionDevice } from './selection.js';
import { passOn, Source } from './source.js';
import type { Serials } from '../serials.js';

type PrimarySource = Source<'zwp_primary_selection_source_v1'>;
type SourceResource = Resource<'zwp_primary_selection_source_v1'>;

const version = 1;

export function offerPrimarySelection(server: WaylandServer, serials: Serials): Selection<PrimarySource> {
  const selection = new Selection<PrimarySource>(serials);
  const sources = new WeakMap<SourceResource, PrimarySource>();
  server.offer('zwp_primary_selection_device_manager_v1', version, (manager) => {
    manager.implement({
      destroy: () => undefined,
      create_source: (resource) => {
        sources.set(resource, implementSource(resource));
      },
      get_device: (resource) => {
        const device = new PrimaryDevice(resource);
        const requests = {
          destroy: () => undefined,
          set_selection: (source: SourceResource | null, serial: number) => {
            selection.set(resource.client, serial, source === null ? undefined : sources.get(source));
          },
        };
        resource.implement(requests, () => {
          selection.remove(device);
        });
        selection.add(device);
      },
    });
  });
  return selection;
}

function implementSource(resource: SourceResource): PrimarySource {
  const source = new Source(resource);
  const requests = {
    offer: (mimeType: string) => {
      source.add(mimeType);
    },
    destroy: () => undefined,
  };
  resource.implement(requests, () => {
    source.gone();
  });
  return source;
}

class PrimaryDevice implements SelectionDevice<PrimarySource> {
  /** What the last offer gives. */
  #offered: { source: PrimarySource | undefined } = { source: undefined };

  constructor(private readonly resource: Resource<'zwp_primary_selection_device_v1'>) {}

  get client() {
    return this.resource.client;
  }

  offer(source: PrimarySource | undefined): void {
    this.#offered.source = undefined;
    const offer = source === undefined ? undefined : this.#introduce(source);
    this.resource.send.selection(offer ?? null);
  }

  withdraw(): void {
    if (this.#offered.source !== undefined) this.offer(undefined);
  }

  #introduce(source: PrimarySource): Resource<'zwp_primary_selection_offer_v1'> | undefined {
    const offered: { source: PrimarySource | undefined } = { source };
    this.#offered = offered;
    const offer = this.resource.create('zwp_primary_selection_offer_v1');
    offer?.implement({
      receive: (mimeType, fd) => {
        passOn(offered.source, mimeType, fd);
      },
      destroy: () => undefined,
    });
    if (offer === undefined) return undefined;
    this.resource.send.data_offer(offer);
    for (const mimeType of source.mimeTypes) offer.send.offer(mimeType);
    return offer;
  }
}
