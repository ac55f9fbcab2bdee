/** What a seat asks of the compositor around it. */
import type { Client, WaylandServer } from '../../wayland/index.js';
import type { InputDevice } from '../../input/index.js';
import type { Point } from '../geometry.js';
import type { Surface, SurfaceOf } from '../surface.js';

/** A place in a surface, in its own coordinates. */
export interface Hit {
  readonly surface: Surface;
  readonly x: number;
  readonly y: number;
}

/** Which surface takes input at a place, in logical pixels: of the topmost ones, the first whose input region has it. */
export interface Scene {
  at(x: number, y: number): Hit | undefined;
}

export interface PopupGrabs {
  /** The topmost popup that grabs; undefined where none does. */
  grabbing(): Surface | undefined;
  /** A button or a finger went down on another client's surface, or on nobody's: the popups that grab are dismissed. */
  dismissOutside(client: Client | undefined): void;
}

export interface SeatHost {
  readonly server: WaylandServer;
  readonly surfaceOf: SurfaceOf;
  readonly scene: Scene;
  /** Where the pointer is at first, in logical pixels. */
  middle(): Point;
  /** The place itself where a head shows it, else the nearest one that a head does. */
  nearest(place: Point): Point;
  /** From a place on a display as it is built, 0 to 1 of each side, to logical pixels. */
  logicalAt(place: Point, device: Pick<InputDevice, 'connector'>): Point;
  /** Pixels to one logical one, of the head that has the place; 1 where nobody says. */
  scale?(place: Point): number;
  /** Of that head. */
  refreshMs(place: Point): number;
  /** The window that is typed into, unless a popup grabs. */
  focus(): Surface | undefined;
  readonly popups?: PopupGrabs | undefined;
  /** A button or a finger goes down on it, which it is about to hear of. */
  pressed?(surface: Surface): void;
  /** Whether a client has left a ping unanswered for so long that it is sent no motion. */
  isSlow?(client: Client): boolean;
  /** What a drag carries is elsewhere, or shows something else; without it nobody draws it. */
  iconChanged?(): void;
}

export const clientOf = (surface: Surface): Client => surface.resource.client;

export const isThere = (surface: Surface | undefined): surface is Surface => surface?.resource.alive === true;
