/** wl_data_offer of a drag: a destination says what it would take, and after the drop that it has. */
import { enums, ProtocolError, type Resource } from '../../../wayland/index.js';
import type { DataSource } from './data-source.js';
import { chosenAction, isFinal, isMask, isPreference, onlyCopy, type Wish } from './drag-actions.js';
import { passOn } from './source.js';

const { error: errors } = enums.wl_data_offer;
const { none, ask } = enums.wl_data_device_manager.dnd_action;
const sinceActions = 3;

/** `over`: the pointer has left, or all is done. */
type Stage = 'offered' | 'dropped' | 'finished' | 'over';

export class DragOffer {
  #stage: Stage = 'offered';
  #accepted: string | null = null;
  #wish: Wish;
  #action: number;
  /** What was told to the destination last. */
  #told: number = none;

  constructor(
    private readonly resource: Resource<'wl_data_offer'>,
    private readonly source: DataSource,
  ) {
    this.#wish = resource.version < sinceActions ? onlyCopy : { actions: none, preferred: none };
    this.#action = chosenAction(source.actions, this.#wish);
    resource.implement(this.#requests(), () => {
      this.#gone();
    });
  }

  /** Tells what there is; after `data_offer` has introduced it. */
  introduce(): void {
    const { send, version } = this.resource;
    for (const mimeType of this.source.mimeTypes) send.offer(mimeType);
    if (version >= sinceActions) send.source_actions(this.source.actions);
    this.source.action(this.#action);
  }

  /** Whether the destination would take it. */
  get isWanted(): boolean {
    return this.#stage === 'offered' && this.#accepted !== null && this.#action !== none;
  }

  drop(): void {
    this.#stage = 'dropped';
  }

  /** The pointer has left: the client destroys it. */
  leave(): void {
    if (this.#stage !== 'offered') return;
    this.#stage = 'over';
    if (this.#accepted !== null) this.source.target(null);
    this.source.action(none);
  }

  #requests() {
    return {
      accept: (_serial: number, mimeType: string | null) => {
        this.#assertUnfinished();
        this.#accept(mimeType);
      },
      receive: (mimeType: string, fd: number) => {
        this.#assertUnfinished();
        passOn(this.#stage === 'over' ? undefined : this.source, mimeType, fd);
      },
      destroy: () => undefined,
      finish: () => {
        this.#finish();
      },
      set_actions: (actions: number, preferred: number) => {
        this.#assertUnfinished();
        this.#setActions(actions, preferred);
      },
    };
  }

  #accept(mimeType: string | null): void {
    if (this.#stage === 'over') return;
    this.#accepted = mimeType;
    if (this.#stage === 'offered') this.source.target(mimeType);
  }

  #setActions(actions: number, preferred: number): void {
    const fail = (code: number, text: string) => new ProtocolError(this.resource, code, text);
    if (!isMask(actions)) throw fail(errors.invalid_action_mask, `${actions} are no actions`);
    if (!isPreference(preferred, actions)) throw fail(errors.invalid_action, `${preferred} is none of ${actions}`);
    const isAsked = this.#stage === 'dropped' && this.#action === ask;
    if (isAsked && (preferred & ~this.source.actions) !== 0)
      throw fail(errors.invalid_action, `${preferred} is not offered`);
    if (this.#stage !== 'offered' && !isAsked) return;
    this.#wish = { actions, preferred };
    if (!isAsked) this.#choose();
  }

  #choose(): void {
    this.#action = chosenAction(this.source.actions, this.#wish);
    if (this.#action !== this.#told) this.resource.send.action(this.#action);
    this.#told = this.#action;
    this.source.action(this.#action);
  }

  #finish(): void {
    if (this.#stage === 'over') return;
    const final = this.#action === ask ? this.#wish.preferred : this.#action;
    if (this.#stage !== 'dropped' || this.#accepted === null || !isFinal(final))
      throw new ProtocolError(this.resource, errors.invalid_finish, 'nothing was dropped, accepted, and decided upon');
    this.#stage = 'finished';
    this.source.action(final);
    this.source.finished();
  }

  #assertUnfinished(): void {
    if (this.#stage === 'finished')
      throw new ProtocolError(this.resource, errors.invalid_offer, 'it is finished, and can only be destroyed');
  }

  /** A destination of an older version cannot say that it has finished: destroying the offer says so. */
  #gone(): void {
    this.leave();
    if (this.#stage !== 'dropped') return;
    this.#stage = 'over';
    if (this.resource.version < sinceActions && this.resource.client.alive) this.source.finished();
    else this.source.cancelDrag();
  }
}
