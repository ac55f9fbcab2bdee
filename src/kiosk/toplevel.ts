/** xdg_toplevel: a client's main window, which fills its head. */
import { enums, ProtocolError, type Resource } from '../wayland/index.js';
import type { WindowRole, XdgSurface } from './xdg-surface.js';

export interface Size {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

export interface ToplevelHost {
  /** Of the head that it fills. */
  size(): Size;
  /** It was made, or became what it shows now, or ended. */
  changed(toplevel: Toplevel): void;
  closed(toplevel: Toplevel): void;
}

const { state: states } = enums.xdg_toplevel;
/** Longer ones are cut: they are a client's, and are shown in lines. */
const mostCharacters = 256;

export class Toplevel implements WindowRole {
  readonly name = 'xdg_toplevel';
  #title = '';
  #appId = '';

  constructor(
    readonly resource: Resource<'xdg_toplevel'>,
    readonly xdg: XdgSurface,
    private readonly host: ToplevelHost,
  ) {
    resource.implement(this.#requests(), () => {
      xdg.leave();
      host.closed(this);
    });
  }

  get title(): string {
    return this.#title;
  }

  get appId(): string {
    return this.#appId;
  }

  get mapped(): boolean {
    return this.xdg.surface.mapped;
  }

  /** Asks the client to end it. */
  close(): void {
    this.resource.send.close();
  }

  configure(): void {
    const { width, height } = this.host.size();
    this.#tellAbilities(width, height);
    this.resource.send.configure(width, height, packed([states.fullscreen, states.activated]));
  }

  committed(): void {
    this.host.changed(this);
  }

  gone(): void {
    this.host.closed(this);
  }

  #tellAbilities(width: number, height: number): void {
    const { resource } = this;
    if (resource.version >= 4) resource.send.configure_bounds(width, height);
    if (resource.version >= 5) resource.send.wm_capabilities(packed([enums.xdg_toplevel.wm_capabilities.fullscreen]));
  }

  /** It is full screen whatever it asks for; each wish is answered with what is so. */
  #requests() {
    const again = () => {
      this.xdg.configure();
    };
    const checked = (width: number, height: number) => {
      if (width < 0 || height < 0)
        throw new ProtocolError(this.resource, enums.xdg_toplevel.error.invalid_size, 'a size is below 0');
    };
    return {
      destroy: () => undefined,
      set_parent: () => undefined,
      set_title: (title: string) => {
        this.#title = title.slice(0, mostCharacters);
      },
      set_app_id: (appId: string) => {
        this.#appId = appId.slice(0, mostCharacters);
      },
      show_window_menu: () => undefined,
      move: () => undefined,
      resize: () => undefined,
      set_max_size: checked,
      set_min_size: checked,
      set_maximized: again,
      unset_maximized: again,
      set_fullscreen: again,
      unset_fullscreen: again,
      set_minimized: () => undefined,
    };
  }
}

/** Numbers as a wl_array. */
function packed(numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(numbers).buffer);
}
