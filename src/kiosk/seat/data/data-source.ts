/** wl_data_source: what a client copies, or drags. */
import { enums, ProtocolError, type Resource } from '../../../wayland/index.js';
import { isMask, onlyCopy } from './drag-actions.js';
import { Source } from './source.js';

const { error: errors } = enums.wl_data_source;
const sinceActions = 3;

export class DataSource extends Source<'wl_data_source'> {
  /** It can be given once. */
  used = false;
  #actions: number | undefined;
  #told = 0;
  /** It was told how its drag has ended. */
  #isSettled = false;

  constructor(resource: Resource<'wl_data_source'>) {
    super(resource);
    resource.implement(this.#requests(), () => {
      this.gone();
    });
  }

  /** What it may be dragged for; who says nothing has copies. */
  get actions(): number {
    return this.#actions ?? onlyCopy.actions;
  }

  /** It was made to be dragged: the clipboard takes it not. */
  get isForDrag(): boolean {
    return this.#actions !== undefined;
  }

  /** Which kind of it a destination would take; null: none. */
  target(mimeType: string | null): void {
    this.resource.send.target(mimeType);
  }

  /** What it is dragged for now. */
  action(action: number): void {
    if (action !== this.#told && this.resource.version >= sinceActions) this.resource.send.action(action);
    this.#told = action;
  }

  dropped(): void {
    if (this.resource.version >= sinceActions) this.resource.send.dnd_drop_performed();
  }

  finished(): void {
    if (this.#settle() && this.resource.version >= sinceActions) this.resource.send.dnd_finished();
  }

  /** The drag has come to nothing; older versions are not told. */
  cancelDrag(): void {
    if (this.#settle() && this.resource.version >= sinceActions) this.cancel();
  }

  /** Whether it had not been yet: several objects of a destination may say so. */
  #settle(): boolean {
    const isFirst = !this.#isSettled;
    this.#isSettled = true;
    return isFirst;
  }

  #requests() {
    return {
      offer: (mimeType: string) => {
        this.add(mimeType);
      },
      destroy: () => undefined,
      set_actions: (actions: number) => {
        this.#setActions(actions);
      },
    };
  }

  #setActions(actions: number): void {
    const { resource } = this;
    if (!isMask(actions)) throw new ProtocolError(resource, errors.invalid_action_mask, `${actions} are no actions`);
    if (this.used || this.#actions !== undefined)
      throw new ProtocolError(resource, errors.invalid_source, 'its actions are told once, before it is used');
    this.#actions = actions;
  }
}
