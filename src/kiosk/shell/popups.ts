/** The popups that have taken a grab: each stands on the one before, and they go in the reverse order. */
import { enums, ProtocolError, type Client } from '../../wayland/index.js';
import type { Surface } from '../surface.js';
import type { XdgSurface } from './xdg-surface.js';

interface GrabbingPopup {
  readonly xdg: XdgSurface;
  readonly parent: XdgSurface | undefined;
  dismiss(): void;
}

export class Popups {
  readonly #grabs: GrabbingPopup[] = [];

  /** The topmost one that is to be seen, which has the keyboard; undefined where none has. */
  grabbing(): Surface | undefined {
    return this.#grabs.findLast(({ xdg }) => xdg.mapped)?.xdg.surface;
  }

  /** A button or a finger went down on a surface of this client, or on none: the grabs of any other client end. */
  dismissOutside(client: Client | undefined): void {
    const top = this.#grabs.at(-1);
    if (top !== undefined && top.xdg.resource.client !== client) this.dismissAll();
  }

  /** The topmost first. */
  dismissAll(): void {
    for (const popup of [...this.#grabs].reverse()) popup.dismiss();
  }

  /** Throws ProtocolError where it does not stand on the topmost. */
  enter(popup: GrabbingPopup): void {
    const { base, resource } = popup.xdg;
    this.dismissOutside(resource.client);
    const top = this.#grabs.at(-1);
    if (top !== undefined && popup.parent !== top.xdg) {
      const text = 'another popup has a grab, on which it does not stand';
      throw new ProtocolError(base, enums.xdg_wm_base.error.not_the_topmost_popup, text);
    }
    this.#grabs.push(popup);
  }

  leave(popup: GrabbingPopup): void {
    const index = this.#grabs.indexOf(popup);
    if (index >= 0) this.#grabs.splice(index, 1);
  }
}
