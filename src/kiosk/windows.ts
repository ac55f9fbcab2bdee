/** Which windows a head shows, in which order, and where. */
import type { Rectangle } from '../buffer/index.js';
import { isSameBox } from './geometry.js';
import { fillWithNewest, type Layout, type Place } from './layout.js';
import type { Placed } from './scene.js';
import type { Popups } from './shell/popups.js';
import { popupsOn, stacked, windowBelow, type Standing } from './shell/stack.js';
import { Toplevel, type ToplevelHost } from './shell/toplevel.js';
import type { WindowState } from './shell/window-state.js';
import type { XdgSurface } from './shell/xdg-surface.js';
import type { Surface } from './surface.js';
import type { Size } from './surface-state.js';

export interface WindowsOptions {
  /** Of the head, in logical pixels. */
  readonly head: () => Size;
  readonly popups: Popups;
  /** What is placed has changed, or who has the keyboard, and not by a commit. */
  readonly onChanged: () => void;
  readonly layout?: Layout | undefined;
}

export class Windows implements ToplevelHost {
  readonly #layout: Layout;
  /** In the order in which they came to show something. */
  readonly #all: Toplevel[] = [];
  /** Those that show something, and the window geometry that they had last. */
  readonly #mapped = new Map<Toplevel, Rectangle>();
  /** The last time that anybody was told. */
  #placed: readonly Placed[] = [];
  #active: Toplevel | undefined;
  #closed = false;
  /** By the user, since the last one came. */
  #chosen: Toplevel | undefined;

  constructor(private readonly options: WindowsOptions) {
    this.#layout = options.layout ?? fillWithNewest;
  }

  get all(): readonly Toplevel[] {
    return this.#all;
  }

  /** The window that is typed into: the topmost, or the one that was chosen since. */
  get active(): Toplevel | undefined {
    return this.#active;
  }

  /** Where the surfaces of windows and popups are, from the lowest to the highest. */
  placed(): readonly Placed[] {
    return this.#stacked().map(({ xdg: { surface, geometry }, x, y }) => ({
      surface,
      x: x - geometry.x,
      y: y - geometry.y,
    }));
  }

  /** Where a window geometry is, also of one that is hidden, and what of the head its popups may cover. */
  placeOf(xdg: XdgSurface): { parent: Rectangle; bounds: Rectangle } {
    const { width, height } = xdg.geometry;
    const { x, y } = this.#stacked().find((standing) => standing.xdg === xdg) ?? { x: 0, y: 0 };
    return { parent: { x, y, width, height }, bounds: { x: 0, y: 0, ...this.options.head() } };
  }

  /** A press on a window, or on what stands on it, gives it the keyboard. */
  choose(surface: Surface): void {
    const pressed = windowBelow(surface);
    const chosen = this.#shown().find(({ xdg }) => xdg === pressed);
    if (chosen === undefined || chosen === this.#active) return;
    this.#chosen = chosen;
    this.look();
  }

  /** The head, a window or a popup has changed by something else than a commit, which tells of itself. */
  look(): void {
    if (this.#settle()) this.options.onChanged();
  }

  /** Nobody is told of anything any more. Idempotent. */
  close(): void {
    this.#closed = true;
  }

  /** A popup has come, moved or gone with a commit. */
  popupCommitted(): void {
    this.#settle();
  }

  stateOf(toplevel: Toplevel): WindowState {
    const head = this.options.head();
    const size = toplevel.parent === undefined ? this.#sizeFor(toplevel) : undefined;
    const { fullscreen, maximized } = toplevel.wishes;
    const isLarge = fullscreen || maximized;
    return {
      size: size ?? (isLarge ? head : { width: 0, height: 0 }),
      bounds: size ?? head,
      fullscreen: size !== undefined || fullscreen,
      maximized: size === undefined && maximized && !fullscreen,
      // One that is about to fill the head need not be told twice.
      activated: toplevel === this.#active || (size !== undefined && !toplevel.mapped),
      suspended: toplevel.mapped && !this.#shown().includes(toplevel),
      free: size === undefined,
    };
  }

  opened(toplevel: Toplevel): void {
    this.#all.push(toplevel);
  }

  /** With most commits nothing of it is another. */
  committed(toplevel: Toplevel): void {
    const { geometry } = toplevel.xdg;
    const before = this.#mapped.get(toplevel);
    if (toplevel.mapped !== (before !== undefined)) this.#turned(toplevel);
    else if (before === undefined || isSameBox(before, geometry)) return;
    if (toplevel.mapped) this.#mapped.set(toplevel, geometry);
    this.#settle();
  }

  closed(toplevel: Toplevel): void {
    this.#forget(toplevel);
    this.#mapped.delete(toplevel);
    this.#leaveChildren(toplevel);
    this.look();
  }

  /** It has come to show something, or does not any more. */
  #turned(toplevel: Toplevel): void {
    if (!this.#mapped.delete(toplevel)) {
      this.#chosen = undefined;
      this.#forget(toplevel);
      this.#all.push(toplevel);
    } else this.#leaveChildren(toplevel);
  }

  #forget(toplevel: Toplevel): void {
    const index = this.#all.indexOf(toplevel);
    if (index >= 0) this.#all.splice(index, 1);
  }

  #leaveChildren(toplevel: Toplevel): void {
    for (const child of this.#all) if (child.parent === toplevel) child.inherit(toplevel.parent);
  }

  /**
   * All are told what has become of them. The keyboard goes to the window that was chosen, or else to the topmost. Whether that, or
   * where anything is, differs.
   */
  #settle(): boolean {
    if (this.#closed) return false;
    const shown = this.#shown();
    const active = shown.find((window) => window === this.#chosen) ?? shown.at(-1);
    const isOther = active !== this.#active;
    this.#active = active;
    if (isOther) this.options.popups.dismissAll();
    for (const window of this.#all) window.look();
    for (const { xdg } of this.#all) for (const { popup } of popupsOn(xdg)) popup.reconsider();
    const placed = this.placed();
    const differs = isOther || !isSame(placed, this.#placed);
    this.#placed = placed;
    return differs;
  }

  /** The windows that are to be seen, from the lowest to the highest. */
  #shown(): Toplevel[] {
    return this.#stacked().flatMap(({ xdg: { window } }) => (window instanceof Toplevel ? [window] : []));
  }

  #stacked(): Standing[] {
    return stacked(this.#places(), this.#all, this.options.head());
  }

  #places(): readonly Place[] {
    const roots = this.#all.filter(({ parent }) => parent === undefined);
    return this.#layout(roots, this.options.head());
  }

  #sizeFor(root: Toplevel): Size | undefined {
    const place = this.#places().find(({ window }) => window === root);
    return place === undefined ? this.options.head() : place.size;
  }
}

function isSame(one: readonly Placed[], other: readonly Placed[]): boolean {
  const isEqual = (placed: Placed, index: number) => {
    const { surface, x, y } = other[index] ?? {};
    return placed.surface === surface && placed.x === x && placed.y === y;
  };
  return one.length === other.length && one.every(isEqual);
}
