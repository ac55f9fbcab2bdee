/** Which windows the heads show, in which order, and where. */
import type { Rectangle } from '../buffer/index.js';
import { isSameBox } from './geometry.js';
import type { WindowChange } from './kiosk-events.js';
import type { Output } from './output.js';
import type { Outputs } from './outputs.js';
import type { Placed } from './scene.js';
import type { Popups } from './shell/popups.js';
import { popupsOn, stacked, windowBelow, type Standing } from './shell/stack.js';
import { Toplevel, type ToplevelHost } from './shell/toplevel.js';
import type { WindowState } from './shell/window-state.js';
import type { XdgSurface } from './shell/xdg-surface.js';
import type { Surface } from './surface.js';
import type { Size } from './surface-state.js';
import type { WindowPlace, WindowPlaces } from './window-places.js';

export interface WindowsOptions {
  readonly outputs: Outputs;
  /** On which one a window is that is no dialog. */
  readonly outputOf: (window: Toplevel) => Output;
  readonly popups: Popups;
  /** What is placed has changed, or who has the keyboard, and not by a commit. */
  readonly onChanged: () => void;
  readonly places: WindowPlaces;
  /** What has become of a window. */
  readonly onWindow: (change: WindowChange) => void;
}

export class Windows implements ToplevelHost {
  /** In the order in which they came to show something, or to the front. */
  readonly #all: Toplevel[] = [];
  /** Those that show something, and the window geometry that they had last. */
  readonly #mapped = new Map<Toplevel, Rectangle>();
  /** By head, until any of it may be another: each frame asks, and each look for what is under the pointer. */
  readonly #standing = new Map<Output, readonly Standing[]>();
  /** The last time that anybody was told. */
  #placed: readonly PlacedOn[] = [];
  #active: Toplevel | undefined;
  /** Where that is, or was: the keyboard stays on one head until the user chooses a window of another. */
  #typedOn: Output | undefined;
  #closed = false;
  /** By the user, since the last one came. */
  #chosen: Toplevel | undefined;

  constructor(private readonly options: WindowsOptions) {}

  get all(): readonly Toplevel[] {
    return this.#all;
  }

  /** The window that is typed into: the topmost, or the one that was chosen since. */
  get active(): Toplevel | undefined {
    return this.#active;
  }

  /** Where the surfaces of windows and popups are on a head, from the lowest to the highest, from its upper left corner. */
  placedOn(output: Output): readonly Placed[] {
    return this.#stacked(output).map(({ xdg: { surface, geometry }, x, y }) => ({
      surface,
      x: x - geometry.x,
      y: y - geometry.y,
    }));
  }

  /** Where a window geometry is, also of one that is hidden, and what of the head its popups may cover. */
  placeOf(xdg: XdgSurface): { parent: Rectangle; bounds: Rectangle } {
    const { width, height } = xdg.geometry;
    const output = this.outputOf(xdg.surface) ?? this.options.outputs.first;
    const { x, y } = this.#stacked(output).find((standing) => standing.xdg === xdg) ?? { x: 0, y: 0 };
    return { parent: { x, y, width, height }, bounds: boxOf(output) };
  }

  /** The head of the window that a surface belongs to; undefined for one that belongs to none. */
  outputOf(surface: Surface): Output | undefined {
    const window = windowBelow(surface)?.window;
    return window instanceof Toplevel ? this.#outputOf(window) : undefined;
  }

  /** A press on a window, or on what stands on it, gives it the keyboard. */
  choose(surface: Surface): void {
    const pressed = windowBelow(surface);
    const chosen = this.#allShown().find(({ xdg }) => xdg === pressed);
    if (chosen === undefined || chosen === this.#active) return;
    this.#chosen = chosen;
    this.look();
  }

  /** Brings the window that a surface belongs to to the front, also where it is hidden, and gives it the keyboard. */
  activate(surface: Surface): void {
    const xdg = windowBelow(surface);
    const window = this.#all.find((each) => each.xdg === xdg);
    if (window?.mapped !== true) return;
    // As one that has come just now, for what is shown depends on that.
    if (!this.#allShown().includes(window)) this.#toEnd(rootOf(window));
    this.#chosen = window;
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
    const output = this.#outputOf(toplevel);
    const { width, height } = output.room;
    const head = { width, height };
    const size = toplevel.parent === undefined ? this.#sizeFor(toplevel, output) : undefined;
    const { fullscreen, maximized } = toplevel.wishes;
    const isLarge = fullscreen || maximized;
    return {
      size: size ?? (isLarge ? head : { width: 0, height: 0 }),
      bounds: size ?? head,
      fullscreen: size !== undefined || fullscreen,
      maximized: size === undefined && maximized && !fullscreen,
      // One that is about to fill the head need not be told twice.
      activated: toplevel === this.#active || (size !== undefined && !toplevel.mapped),
      suspended: toplevel.mapped && !this.#shownOn(output).includes(toplevel),
      free: size === undefined,
    };
  }

  opened(toplevel: Toplevel): void {
    this.#all.push(toplevel);
    this.#tell('opened', toplevel);
  }

  named(toplevel: Toplevel): void {
    this.#tell('named', toplevel);
    this.look();
  }

  /** With most commits nothing of it is another. */
  committed(toplevel: Toplevel): void {
    const { geometry } = toplevel.xdg;
    const before = this.#mapped.get(toplevel);
    const hasTurned = toplevel.mapped !== (before !== undefined);
    if (hasTurned) this.#turned(toplevel);
    else if (before === undefined || isSameBox(before, geometry)) return;
    if (toplevel.mapped) this.#mapped.set(toplevel, geometry);
    this.#settle();
    if (hasTurned) this.#tell(toplevel.mapped ? 'shown' : 'hidden', toplevel);
  }

  closed(toplevel: Toplevel): void {
    this.#forget(toplevel);
    this.#mapped.delete(toplevel);
    this.#leaveChildren(toplevel);
    this.#tell('closed', toplevel);
    this.look();
  }

  /** It has come to show something, or does not any more. */
  #turned(toplevel: Toplevel): void {
    if (!this.#mapped.delete(toplevel)) {
      if (this.#chosen !== undefined && this.#outputOf(this.#chosen) === this.#outputOf(toplevel))
        this.#chosen = undefined;
      this.#toEnd(toplevel);
    } else this.#leaveChildren(toplevel);
  }

  #toEnd(toplevel: Toplevel): void {
    this.#forget(toplevel);
    this.#all.push(toplevel);
  }

  #tell(kind: WindowChange['kind'], window: Toplevel): void {
    if (!this.#closed) this.options.onWindow({ kind, window });
  }

  #forget(toplevel: Toplevel): void {
    this.#standing.clear();
    const index = this.#all.indexOf(toplevel);
    if (index >= 0) this.#all.splice(index, 1);
  }

  #leaveChildren(toplevel: Toplevel): void {
    for (const child of this.#all) if (child.parent === toplevel) child.inherit(toplevel.parent);
  }

  /**
   * All are told what has become of them. Whether who has the keyboard, or where anything is, differs.
   */
  #settle(): boolean {
    if (this.#closed) return false;
    this.#standing.clear();
    const active = this.#nextActive();
    const isOther = active !== this.#active;
    this.#active = active;
    if (active !== undefined) this.#typedOn = this.#outputOf(active);
    if (isOther) this.options.popups.dismissAll();
    for (const window of this.#all) window.look();
    for (const { xdg } of this.#all) for (const { popup } of popupsOn(xdg)) popup.reconsider();
    const placed = this.options.outputs.all.flatMap((output) =>
      this.placedOn(output).map((each) => ({ ...each, output })),
    );
    const differs = isOther || !isSame(placed, this.#placed);
    this.#placed = placed;
    return differs;
  }

  /** The window that was chosen, or else the topmost of the head that was typed into, or else of the heads' topmost the newest. */
  #nextActive(): Toplevel | undefined {
    if (this.#chosen !== undefined && this.#allShown().includes(this.#chosen)) return this.#chosen;
    const topmost = (output: Output) => this.#shownOn(output).at(-1);
    const kept = this.#typedOn === undefined ? undefined : topmost(this.#typedOn);
    const tops = this.options.outputs.all.flatMap((output) => topmost(output) ?? []);
    return kept ?? this.#all.findLast((window) => tops.includes(window));
  }

  #allShown(): Toplevel[] {
    return this.options.outputs.all.flatMap((output) => this.#shownOn(output));
  }

  /** The windows that are to be seen, from the lowest to the highest. */
  #shownOn(output: Output): Toplevel[] {
    return this.#stacked(output).flatMap(({ xdg: { window } }) => (window instanceof Toplevel ? [window] : []));
  }

  #stacked(output: Output): readonly Standing[] {
    const known = this.#standing.get(output);
    if (known !== undefined) return known;
    const standing = stacked(this.#places(output), this.#all, output.room);
    this.#standing.set(output, standing);
    return standing;
  }

  #places(output: Output): readonly WindowPlace[] {
    const roots = this.#all.filter((window) => window.parent === undefined && this.#outputOf(window) === output);
    return this.options.places.of(roots, output.room);
  }

  /** A dialog is where its window is. */
  #outputOf(window: Toplevel): Output {
    return window.parent === undefined ? this.options.outputOf(window) : this.#outputOf(window.parent);
  }

  #sizeFor(root: Toplevel, output: Output): Size | undefined {
    const place = this.#places(output).find(({ window }) => window === root);
    return place === undefined ? output.room : place.size;
  }
}

/** What a dialog belongs to, in the end. */
function rootOf(window: Toplevel): Toplevel {
  return window.parent === undefined ? window : rootOf(window.parent);
}

function boxOf({ room: { width, height } }: Output): Rectangle {
  return { x: 0, y: 0, width, height };
}

type PlacedOn = Placed & { readonly output: Output };

function isSame(one: readonly PlacedOn[], other: readonly PlacedOn[]): boolean {
  const isEqual = (placed: PlacedOn, index: number) => {
    const { surface, x, y, output } = other[index] ?? {};
    return placed.surface === surface && placed.x === x && placed.y === y && placed.output === output;
  };
  return one.length === other.length && one.every(isEqual);
}
