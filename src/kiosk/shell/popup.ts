/** xdg_popup: a menu or the like, which stands beside a window and goes with it. */
import type { Rectangle } from '../../buffer/index.js';
import { enums, ProtocolError, type Client, type Resource } from '../../wayland/index.js';
import { isSameBox } from '../geometry.js';
import { place } from './place.js';
import type { Popups } from './popups.js';
import { Positioner, type Positioning } from './positioner.js';
import type { ChildPopup, WindowRole, XdgSurface } from './xdg-surface.js';

export interface PopupHost {
  /** Those with a grab. */
  readonly popups: Popups;
  /** Whether the client may grab for what the user did when it was given this serial. */
  grabAllowed(client: Client, serial: number): boolean;
  /** Where a window geometry is on the head, and what of the head popups may cover. */
  placeOf(window: XdgSurface): { readonly parent: Rectangle; readonly bounds: Rectangle };
  /** A popup has come, moved or gone with a commit. */
  committed(): void;
  /** It has moved or gone without one. */
  changed(): void;
}

interface Making {
  /** Undefined where the client names none, as another protocol's popups would have. */
  readonly parent: XdgSurface | undefined;
  readonly rules: Positioning;
}

const { error: baseErrors } = enums.xdg_wm_base;
/** From here on a client expects to be placed anew. */
const movesSince = 3;
let made = 0;

export class Popup implements WindowRole, ChildPopup {
  readonly name = 'xdg_popup';
  readonly number = made++;
  readonly parent: XdgSurface | undefined;
  #rules: Positioning;
  /** As the client has been told, and as it has agreed to. */
  #told: Rectangle | undefined;
  #place: Rectangle | undefined;
  #token: number | undefined;
  #grabs = false;
  #dismissed = false;

  constructor(
    readonly resource: Resource<'xdg_popup'>,
    readonly xdg: XdgSurface,
    { parent, rules }: Making,
    private readonly host: PopupHost,
  ) {
    this.parent = parent;
    this.#rules = rules;
    parent?.popups.push(this);
    resource.implement(this.#requests(), () => {
      this.#end();
    });
  }

  get place(): Rectangle | undefined {
    return this.#dismissed || !this.xdg.mapped ? undefined : this.#place;
  }

  get grabs(): boolean {
    return this.#grabs;
  }

  get dismissed(): boolean {
    return this.#dismissed;
  }

  dismiss(): void {
    if (this.#dismissed) return;
    this.#dismissed = true;
    for (const popup of [...this.xdg.popups].reverse()) popup.dismiss();
    this.host.popups.leave(this);
    this.resource.send.popup_done();
    this.host.changed();
  }

  reconsider(): void {
    if (!this.#rules.reactive || this.#told === undefined || this.resource.version < movesSince) return;
    if (!isSameBox(this.#told, this.#placed())) this.xdg.configure();
  }

  configure(): () => void {
    const told = this.#placed();
    this.#told = told;
    this.#place ??= told;
    if (this.#token !== undefined) this.resource.send.repositioned(this.#token);
    this.#token = undefined;
    this.resource.send.configure(told.x, told.y, told.width, told.height);
    return () => {
      this.#place = told;
      this.host.changed();
    };
  }

  precommit(): void {
    if (this.parent !== undefined) return;
    throw new ProtocolError(this.xdg.base, baseErrors.invalid_popup_parent, 'a popup has a parent');
  }

  /** A popup of a window that is not to be seen is not either. */
  committed(): void {
    if (this.xdg.mapped && this.parent?.mapped !== true) this.dismiss();
    this.host.committed();
  }

  unmapped(): void {
    this.#told = undefined;
    this.#place = undefined;
    this.host.popups.leave(this);
    this.host.committed();
  }

  gone(): void {
    this.unmapped();
  }

  #requests() {
    return {
      destroy: () => {
        if (this.xdg.popups.length > 0)
          throw new ProtocolError(this.xdg.base, baseErrors.not_the_topmost_popup, 'another popup stands on it');
      },
      grab: (_seat: Resource<'wl_seat'> | null, serial: number) => {
        this.#grab(serial);
      },
      reposition: (positioner: Resource<'xdg_positioner'> | null, token: number) => {
        this.#rules = Positioner.read(positioner, this.xdg.base);
        this.#token = token;
        this.xdg.configure();
      },
    };
  }

  #grab(serial: number): void {
    const { invalid_grab } = enums.xdg_popup.error;
    if (this.xdg.mapped) throw new ProtocolError(this.resource, invalid_grab, 'it is mapped already');
    const above = this.parent?.window;
    if (above instanceof Popup && !above.dismissed && !above.grabs)
      throw new ProtocolError(this.resource, invalid_grab, 'its parent is a popup without a grab');
    // A submenu needs no deed of its own: the pointer may have opened it long after the button went down.
    const isAllowed = above instanceof Popup ? !above.dismissed : this.host.grabAllowed(this.resource.client, serial);
    if (isAllowed) this.host.popups.enter(this);
    else this.dismiss();
    this.#grabs = true;
  }

  #placed(): Rectangle {
    if (this.parent === undefined) return { x: 0, y: 0, ...this.#rules.size };
    const { parent, bounds } = this.host.placeOf(this.parent);
    return place(this.#rules, { ...parent, ...this.#rules.parentSize }, bounds);
  }

  #end(): void {
    this.#dismissed = true;
    const siblings = this.parent?.popups ?? [];
    if (siblings.includes(this)) siblings.splice(siblings.indexOf(this), 1);
    this.host.popups.leave(this);
    this.xdg.leave();
    this.host.changed();
  }
}
