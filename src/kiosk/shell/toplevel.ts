/** xdg_toplevel: a client's window. */
import { enums, ProtocolError, type Client, type Resource } from '../../wayland/index.js';
import type { KioskWindow } from '../layout.js';
import { Output } from '../output.js';
import type { Size } from '../surface-state.js';
import { isSameState, tellAbilities, tellState, type WindowState } from './window-state.js';
import type { WindowRole, XdgSurface } from './xdg-surface.js';

export interface ToplevelHost {
  stateOf(toplevel: Toplevel): WindowState;
  opened(toplevel: Toplevel): void;
  /** It has another title or app_id. */
  named(toplevel: Toplevel): void;
  /** It shows something now, has another size, or shows nothing any more. */
  committed(toplevel: Toplevel): void;
  /** Some window wishes to be something else. */
  look(): void;
  closed(toplevel: Toplevel): void;
}

/** Sizes of the window geometry that the client expects, as it has said: a commit is checked against them. 0: any. */
interface Limits {
  readonly least: Size;
  readonly most: Size;
}

interface Wishes {
  readonly maximized: boolean;
  readonly fullscreen: boolean;
  /** Which head it would fill. */
  readonly output: Output | undefined;
}

const none: Wishes = { maximized: false, fullscreen: false, output: undefined };
const { error: errors } = enums.xdg_toplevel;
const edges = new Set<number>(Object.values(enums.xdg_toplevel.resize_edge));
const noLimits: Limits = { least: { width: 0, height: 0 }, most: { width: 0, height: 0 } };
/** Longer ones are cut: they are a client's, and are shown in lines. */
const mostCharacters = 256;
const toplevels = new WeakMap<Resource<'xdg_toplevel'>, Toplevel>();

export class Toplevel implements WindowRole, KioskWindow {
  readonly name = 'xdg_toplevel';
  /** Its xdg-decoration. */
  decoration: Resource<'zxdg_toplevel_decoration_v1'> | undefined;
  #title = '';
  #appId = '';
  #parent: Toplevel | undefined;
  #limits = noLimits;
  #wishes: Wishes = none;
  #told: WindowState | undefined;
  #isFree = false;

  constructor(
    readonly resource: Resource<'xdg_toplevel'>,
    readonly xdg: XdgSurface,
    private readonly host: ToplevelHost,
  ) {
    toplevels.set(resource, this);
    host.opened(this);
    this.#tellAbilities(host.stateOf(this));
    resource.implement(this.#requests(), () => {
      xdg.leave();
      host.closed(this);
    });
  }

  static of(resource: Resource<'xdg_toplevel'>): Toplevel | undefined {
    return toplevels.get(resource);
  }

  get client(): Client {
    return this.resource.client;
  }

  get title(): string {
    return this.#title;
  }

  get appId(): string {
    return this.#appId;
  }

  get mapped(): boolean {
    return this.xdg.mapped;
  }

  /** The window that it is a dialog of. */
  get parent(): Toplevel | undefined {
    return this.#parent;
  }

  /** What the client would like it to be. */
  get wishes(): Wishes {
    return this.#wishes;
  }

  /** Asks the client to end it. */
  close(): void {
    this.resource.send.close();
  }

  /** Its parent has gone, and leaves it to its own. */
  inherit(parent: Toplevel | undefined): void {
    this.#parent = parent;
  }

  /** The client hears of what it is to be, unless it has already. */
  look(): void {
    if (this.#told !== undefined && !isSameState(this.#told, this.host.stateOf(this))) this.xdg.configure();
  }

  configure(): undefined {
    const state = this.host.stateOf(this);
    this.decoration?.send.configure(enums.zxdg_toplevel_decoration_v1.mode.server_side);
    if (state.free !== this.#isFree) this.#tellAbilities(state);
    tellState(this.resource, state);
    this.#told = state;
  }

  precommit(): void {
    const { least, most } = this.#limits;
    const crossed = (min: number, max: number) => max > 0 && min > max;
    if (crossed(least.width, most.width) || crossed(least.height, most.height))
      throw new ProtocolError(this.resource, errors.invalid_size, 'its least size is above its greatest');
  }

  committed(): void {
    this.host.committed(this);
  }

  unmapped(): void {
    this.#told = undefined;
    this.host.committed(this); // its dialogs go to its parent
    this.#title = '';
    this.#appId = '';
    this.#parent = undefined;
    this.#limits = noLimits;
    this.#wishes = none;
  }

  gone(): void {
    this.host.committed(this);
  }

  #requests() {
    const wish = (wishes: Partial<Wishes>) => () => {
      this.#wish(wishes);
    };
    return {
      destroy: () => {
        if (this.decoration !== undefined)
          throw new ProtocolError(
            this.decoration,
            enums.zxdg_toplevel_decoration_v1.error.orphaned,
            'the window is ended before its decoration',
          );
      },
      set_parent: (parent: Resource<'xdg_toplevel'> | null) => {
        this.#setParent(parent === null ? undefined : Toplevel.of(parent));
      },
      set_title: (title: string) => {
        this.#title = title.slice(0, mostCharacters);
        this.host.named(this);
      },
      set_app_id: (appId: string) => {
        this.#appId = appId.slice(0, mostCharacters);
        this.host.named(this);
      },
      // Where windows are is not the client's to say, and not the user's.
      show_window_menu: () => undefined,
      move: () => undefined,
      resize: (_seat: Resource<'wl_seat'> | null, _serial: number, edge: number) => {
        if (!edges.has(edge)) throw new ProtocolError(this.resource, errors.invalid_resize_edge, `${edge} is no edge`);
      },
      set_max_size: (width: number, height: number) => {
        this.#limits = { ...this.#limits, most: this.#checked({ width, height }) };
      },
      set_min_size: (width: number, height: number) => {
        this.#limits = { ...this.#limits, least: this.#checked({ width, height }) };
      },
      set_maximized: wish({ maximized: true }),
      unset_maximized: wish({ maximized: false }),
      set_fullscreen: (output: Resource<'wl_output'> | null) => {
        this.#wish({ fullscreen: true, ...(output === null ? {} : { output: Output.of(output) }) });
      },
      unset_fullscreen: wish({ fullscreen: false }),
      set_minimized: () => undefined,
    };
  }

  #tellAbilities(state: WindowState): void {
    this.#isFree = state.free;
    tellAbilities(this.resource, state);
  }

  /** Each is answered, with what is so. */
  #wish(wishes: Partial<Wishes>): void {
    const before = this.#told;
    this.#wishes = { ...this.#wishes, ...wishes };
    this.host.look();
    if (this.#told === before) this.xdg.configure();
  }

  #setParent(parent: Toplevel | undefined): void {
    for (let above = parent; above !== undefined; above = above.parent)
      if (above === this)
        throw new ProtocolError(this.resource, errors.invalid_parent, 'a window cannot be its own parent');
    this.#parent = parent?.mapped === true ? parent : undefined;
    this.host.look();
  }

  #checked(size: Size): Size {
    if (size.width >= 0 && size.height >= 0) return size;
    throw new ProtocolError(this.resource, errors.invalid_size, 'a size is below 0');
  }
}
