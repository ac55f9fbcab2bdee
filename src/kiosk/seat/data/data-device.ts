/** wl_data_device_manager: copying and pasting, dragging and dropping. */
import { enums, ProtocolError, type Client, type Resource } from '../../../wayland/index.js';
import type { Hit } from '../host.js';
import { type DataSource } from './data-source.js';
import { DragOffer } from './drag-offer.js';
import type { SelectionDevice } from './selection.js';
import { passOn } from './source.js';

type OfferResource = Resource<'wl_data_offer'>;

const { error: errors } = enums.wl_data_offer;

/** A client's object by which it hears of the clipboard and of drags. */
export class DataDevice implements SelectionDevice<DataSource> {
  /** What the last offer of the clipboard gives. */
  #offered: { source: DataSource | undefined } = { source: undefined };

  constructor(readonly resource: Resource<'wl_data_device'>) {}

  get client(): Client {
    return this.resource.client;
  }

  offer(source: DataSource | undefined): void {
    this.withdraw();
    const offer = source === undefined ? undefined : this.#introduce(source);
    this.resource.send.selection(offer ?? null);
  }

  withdraw(): void {
    this.#offered.source = undefined;
  }

  /** A drag is over one of its client's surfaces. */
  enter(serial: number, { surface, x, y }: Hit, source: DataSource | undefined): { offer: DragOffer | undefined } {
    const resource = source === undefined ? undefined : this.resource.create('wl_data_offer');
    const offer = resource === undefined || source === undefined ? undefined : new DragOffer(resource, source);
    if (resource !== undefined) this.resource.send.data_offer(resource);
    offer?.introduce();
    this.resource.send.enter(serial, surface.resource, x, y, resource ?? null);
    return { offer };
  }

  #introduce(source: DataSource): OfferResource | undefined {
    const offered: { source: DataSource | undefined } = { source };
    this.#offered = offered;
    const offer = this.resource.create('wl_data_offer');
    if (offer === undefined) return undefined;
    offer.implement(requestsOf(offer, offered));
    this.resource.send.data_offer(offer);
    for (const mimeType of source.mimeTypes) offer.send.offer(mimeType);
    return offer;
  }
}

/** Of an offer of the clipboard, which knows nothing of drags. */
function requestsOf(offer: OfferResource, offered: { readonly source: DataSource | undefined }) {
  return {
    accept: () => undefined,
    receive: (mimeType: string, fd: number) => {
      passOn(offered.source, mimeType, fd);
    },
    destroy: () => undefined,
    finish: () => {
      throw new ProtocolError(offer, errors.invalid_finish, 'nothing was dropped');
    },
    set_actions: () => {
      throw new ProtocolError(offer, errors.invalid_offer, 'nothing is dragged');
    },
  };
}
