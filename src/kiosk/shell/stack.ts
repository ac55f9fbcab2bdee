/** What stands where on a head, from the lowest to the highest: each window with its popups, and its dialogs above it. */
import type { Rectangle } from '../../buffer/index.js';
import { centred, type Point } from '../geometry.js';
import { Subsurface } from '../subsurface.js';
import type { Surface } from '../surface.js';
import type { Size } from '../surface-state.js';
import type { WindowPlace } from '../window-places.js';
import { Popup } from './popup.js';
import type { Toplevel } from './toplevel.js';
import { XdgSurface, type ChildPopup } from './xdg-surface.js';

/** Where a window geometry is, in the head's logical pixels. */
export interface Standing extends Point {
  readonly xdg: XdgSurface;
}

/** `windows`: all that there are, dialogs too. */
export function stacked(places: readonly WindowPlace[], windows: readonly Toplevel[], head: Size): Standing[] {
  const room = { x: 0, y: 0, ...head };
  const dialogsOn = (window: Toplevel, on: Rectangle): Standing[] =>
    windows
      .filter(({ mapped, parent }) => mapped && parent === window)
      .flatMap((dialog) => {
        const { geometry } = dialog.xdg;
        return standing(dialog, filling(dialog, room) ?? inside(middle(geometry, on), geometry, head));
      });
  const standing = (window: Toplevel, at: Point): Standing[] => {
    const { width, height } = window.xdg.geometry;
    return [
      { xdg: window.xdg, ...at },
      ...popupsOn(window.xdg, at).map(({ popup, x, y }) => ({ xdg: popup.xdg, x, y })),
      ...dialogsOn(window, { ...at, width, height }),
    ];
  };
  return places.flatMap((place) => (place.window.mapped ? standing(place.window, cornerOf(place, room)) : []));
}

interface PlacedPopup extends Point {
  readonly popup: ChildPopup;
}

/** Those that are to be seen on a window, in the order of their making; `at`: where its window geometry is. */
export function popupsOn(window: XdgSurface, at: Point = { x: 0, y: 0 }): PlacedPopup[] {
  const found = window.popups.flatMap((popup): PlacedPopup[] => {
    if (popup.place === undefined) return [];
    const corner = { x: at.x + popup.place.x, y: at.y + popup.place.y };
    return [{ popup, ...corner }, ...popupsOn(popup.xdg, corner)];
  });
  return found.sort((one, other) => one.popup.number - other.popup.number);
}

/** The window that a surface belongs to: its own, or that of what it stands on. */
export function windowBelow(surface: Surface): XdgSurface | undefined {
  const { role } = surface;
  if (role instanceof Subsurface) return role.parent === undefined ? undefined : windowBelow(role.parent);
  if (!(role instanceof XdgSurface)) return undefined;
  const { window } = role;
  return window instanceof Popup && window.parent !== undefined ? windowBelow(window.parent.surface) : role;
}

function cornerOf({ window, x, y, size }: WindowPlace, room: Rectangle): Point {
  if (size !== undefined) return centred(window.xdg.geometry, { x, y, ...size });
  return filling(window, room) ?? { x, y };
}

/** One that has asked to be as large as the head stands in its middle. */
function filling({ xdg, wishes }: Toplevel, room: Rectangle): Point | undefined {
  return wishes.fullscreen || wishes.maximized ? centred(xdg.geometry, room) : undefined;
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
