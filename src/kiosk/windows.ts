/** Which windows a head shows, in which order, and where. */
import type { Rectangle } from '../buffer/index.js';
import { centred, type Point } from './geometry.js';
import type { Placed } from './scene.js';
import type { Size } from './surface-state.js';
import { Popup } from './shell/popup.js';
import type { Popups } from './shell/popups.js';
import type { Toplevel, ToplevelHost } from './shell/toplevel.js';
import type { View } from './shell/view.js';
import { XdgSurface, type ChildPopup } from './shell/xdg-surface.js';
import { Subsurface } from './subsurface.js';
import type { Surface } from './surface.js';

/** Where one window goes, in the head's logical pixels. */
export interface Place extends Point {
  readonly window: Toplevel;
  /** It is told to fill this, and stands in its middle where it does not. Undefined: it is as large as its client likes. */
  readonly size?: Size | undefined;
}

/**
 * Says where windows that are no dialogs go, from the lowest to the highest. Those that it leaves out are hidden; they, and all that
 * show nothing yet, are told the size that they would have, or the head's. `windows` has those last that came last.
 */
export type Layout = (windows: readonly Toplevel[], head: Size) => readonly Place[];

/** The newest that shows something fills the head. */
export const fillWithNewest: Layout = (windows, head) => {
  const window = windows.findLast(({ mapped }) => mapped);
  return window === undefined ? [] : [{ window, x: 0, y: 0, size: head }];
};

export interface WindowsOptions {
  /** Of the head, in logical pixels. */
  readonly head: () => Size;
  readonly popups: Popups;
  /** What is placed has changed, or who has the keyboard, and not by a commit. */
  readonly onChanged: () => void;
  readonly layout?: Layout | undefined;
}

interface Shown extends Point {
  readonly window: Toplevel;
}

export class Windows implements ToplevelHost {
  readonly #layout: Layout;
  /** In the order in which they came to show something. */
  readonly #all: Toplevel[] = [];
  readonly #mapped = new Set<Toplevel>();
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

  /** Where the roots' surfaces are, from the lowest to the highest: windows, each with its popups, and its dialogs above it. */
  placed(): readonly Placed[] {
    return this.#shown().flatMap(({ window, x, y }) => [
      originOf(window.xdg, { x, y }),
      ...popupsOn(window.xdg, { x, y }).map(({ popup, ...corner }) => originOf(popup.xdg, corner)),
    ]);
  }

  /** Where a window geometry is, also of one that is hidden, and what of the head its popups may cover. */
  placeOf(xdg: XdgSurface): { parent: Rectangle; bounds: Rectangle } {
    const { width, height } = xdg.geometry;
    const corners = this.#shown().flatMap(({ window, x, y }) => [
      { xdg: window.xdg, x, y },
      ...popupsOn(window.xdg, { x, y }).map(({ popup, ...corner }) => ({ xdg: popup.xdg, ...corner })),
    ]);
    const { x, y } = corners.find((corner) => corner.xdg === xdg) ?? { x: 0, y: 0 };
    return { parent: { x, y, width, height }, bounds: { x: 0, y: 0, ...this.options.head() } };
  }

  /** A press on a window, or on what stands on it, gives it the keyboard. */
  choose(surface: Surface): void {
    const pressed = windowBelow(surface);
    const chosen = this.#shown().find(({ window }) => window.xdg === pressed)?.window;
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

  viewOf(toplevel: Toplevel): View {
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
      suspended: toplevel.mapped && !this.#shown().some(({ window }) => window === toplevel),
      free: size === undefined,
    };
  }

  opened(toplevel: Toplevel): void {
    this.#all.push(toplevel);
  }

  committed(toplevel: Toplevel): void {
    if (toplevel.mapped !== this.#mapped.has(toplevel)) this.#turned(toplevel);
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
      this.#mapped.add(toplevel);
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
    const shown = this.#shown().map(({ window }) => window);
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

  /** Where the window geometries are, from the lowest to the highest. */
  #shown(): Shown[] {
    return this.#places().flatMap((place) =>
      place.window.mapped ? this.#withDialogs(place.window, this.#cornerOf(place)) : [],
    );
  }

  #places(): readonly Place[] {
    const roots = this.#all.filter(({ parent }) => parent === undefined);
    return this.#layout(roots, this.options.head());
  }

  #sizeFor(root: Toplevel): Size | undefined {
    const place = this.#places().find(({ window }) => window === root);
    return place === undefined ? this.options.head() : place.size;
  }

  #cornerOf({ window, x, y, size }: Place): Point {
    if (size !== undefined) return centred(window.xdg.geometry, { x, y, ...size });
    return this.#filling(window) ?? { x, y };
  }

  /** One that has asked to be as large as the head stands in its middle. */
  #filling({ xdg, wishes }: Toplevel): Point | undefined {
    const wants = wishes.fullscreen || wishes.maximized;
    return wants ? centred(xdg.geometry, { x: 0, y: 0, ...this.options.head() }) : undefined;
  }

  /** Dialogs stand above their window, in its middle, and as far as they can inside of the head. */
  #withDialogs(window: Toplevel, at: Point): Shown[] {
    const { width, height } = window.xdg.geometry;
    const dialogs = this.#all.filter(({ mapped, parent }) => mapped && parent === window);
    return [
      { window, ...at },
      ...dialogs.flatMap((dialog) => {
        const { geometry } = dialog.xdg;
        const corner =
          this.#filling(dialog) ?? inside(middle(geometry, { ...at, width, height }), geometry, this.options.head());
        return this.#withDialogs(dialog, corner);
      }),
    ];
  }
}

function isSame(one: readonly Placed[], other: readonly Placed[]): boolean {
  const isEqual = (placed: Placed, index: number) => {
    const { surface, x, y } = other[index] ?? {};
    return placed.surface === surface && placed.x === x && placed.y === y;
  };
  return one.length === other.length && one.every(isEqual);
}

/** The window that a surface belongs to: its own, or that of what it stands on. */
function windowBelow(surface: Surface): XdgSurface | undefined {
  const { role } = surface;
  if (role instanceof Subsurface) return role.parent === undefined ? undefined : windowBelow(role.parent);
  if (!(role instanceof XdgSurface)) return undefined;
  return role.window instanceof Popup && role.window.parent !== undefined
    ? windowBelow(role.window.parent.surface)
    : role;
}

/** Also where it is larger than what it stands on. */
function middle(size: Size, on: Rectangle): Point {
  return {
    x: on.x + Math.floor((on.width - size.width) / 2),
    y: on.y + Math.floor((on.height - size.height) / 2),
  };
}

/** What is larger than the head begins at its upper left. */
function inside({ x, y }: Point, size: Size, head: Size): Point {
  const within = (at: number, length: number, room: number) => Math.max(0, Math.min(at, room - length));
  return { x: within(x, size.width, head.width), y: within(y, size.height, head.height) };
}

/** The surface of a window whose geometry is at `corner`. */
function originOf({ surface, geometry }: XdgSurface, { x, y }: Point): Placed {
  return { surface, x: x - geometry.x, y: y - geometry.y };
}

interface ShownPopup extends Point {
  readonly popup: ChildPopup;
}

/** Those that are to be seen on a window, in the order of their making; `at`: where its window geometry is. */
function popupsOn(window: XdgSurface, at: Point = { x: 0, y: 0 }): ShownPopup[] {
  const found = window.popups.flatMap((popup): ShownPopup[] => {
    if (popup.place === undefined) return [];
    const corner = { x: at.x + popup.place.x, y: at.y + popup.place.y };
    return [{ popup, ...corner }, ...popupsOn(popup.xdg, corner)];
  });
  return found.sort((one, other) => one.popup.number - other.popup.number);
}
