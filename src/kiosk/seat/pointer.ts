/**
 * The seat's pointer: where it is, which surface it is in, and what that surface's client is told.
 *
 *   moved ──► place ──► (a refresh later, or before a button) tell ──► hit test ──► leave, enter, motion
 *
 * While a button is held the surface that it was pressed in keeps the pointer, also outside of itself.
 */
import type { AxisEvent, ButtonEvent, PointerMotion } from '../../input/index.js';
import type { Client, Requests, Resource } from '../../wayland/index.js';
import { leastStep, type Point } from '../geometry.js';
import type { Surface } from '../surface.js';
import { dismisses, hitAt } from './focus-hit.js';
import { clientOf, isThere, type Hit, type SeatHost } from './host.js';
import { PointerEvents } from './pointer-events.js';
import { PointerPlace } from './pointer-place.js';
import type { RelativePointers } from './relative-pointer.js';
import type { Serials } from './serials.js';

/** Takes the pointer away from the surfaces until its button is released. */
export interface PointerGrab {
  move(at: Point, timeUs: number): void;
  drop(timeUs: number): void;
  /** There is no pointer any more. */
  cancel(): void;
}

/** What else has to do with where it is. */
export interface PointerPeers {
  readonly relative: RelativePointers;
  /** Where it goes that is in a surface and is to go somewhere; in the surface's pixels. */
  held(surface: Surface, from: Point, to: Point): Point;
  /** It is in another surface now, or in none; its clients have been told. */
  crossed(): void;
  /** It is elsewhere in its surface, whose client has been told. */
  moved(): void;
}

/** A button that is down, and whom its press was told; undefined: nobody. */
interface Press {
  readonly surface: Surface | undefined;
  readonly serial: number;
}

export class Pointer {
  readonly events: PointerEvents;
  readonly #place: PointerPlace;
  readonly #held = new Map<number, Press>();
  /** Whether there is a device. */
  #present = false;
  /** Whether it was ever used: until then nothing is under it, for nobody sees it. */
  #used = false;
  /** The surface that it is in, and the place in it that its client was told. */
  #told: Hit | undefined;
  /** That surface's upper left corner. */
  #corner: Point = { x: 0, y: 0 };
  #timeUs = 0;
  #grab: { readonly button: number; readonly grab: PointerGrab } | undefined;

  constructor(
    private readonly host: SeatHost,
    serials: Serials,
    private readonly peers: PointerPeers,
  ) {
    this.events = new PointerEvents(serials);
    this.#place = new PointerPlace(host);
  }

  /** In logical pixels. */
  get at(): Point {
    return this.#place.at;
  }

  /** The surface that it is in; undefined while something else has the pointer. */
  get focus(): Surface | undefined {
    if (!isThere(this.#told?.surface)) this.#told = undefined;
    return this.#told?.surface;
  }

  /** For a new object of a client. */
  bind(resource: Resource<'wl_pointer'>, requests: Requests<'wl_pointer'>): void {
    this.events.bound.add(resource, requests);
    const { focus } = this;
    if (focus !== undefined && clientOf(focus) === resource.client) this.events.welcome(resource, this.#inside(focus));
  }

  /** Whether there is something to tell. */
  move(event: PointerMotion): boolean {
    const before = this.at;
    const isFirst = !this.#used;
    const by = this.#place.move(event, (to) => this.#allowed(to));
    this.#timeUs = event.timeUs;
    this.#used = true;
    const { focus } = this;
    const isHeard = focus !== undefined && this.peers.relative.moved(clientOf(focus), by);
    return isFirst || isHeard || this.at.x !== before.x || this.at.y !== before.y;
  }

  /** The surface that it is in, and where in it; its client has heard of that. */
  get hit(): Hit | undefined {
    return this.focus === undefined ? undefined : this.#told;
  }

  /** Elsewhere in the surface that it is in. */
  warp(to: Point): void {
    if (this.focus === undefined) return;
    this.#place.warp({ x: this.#corner.x + to.x, y: this.#corner.y + to.y });
    this.tell(true);
  }

  /** Tells where it is, if that is news. False: it waits for a client that does not answer, unless that must hear of it. */
  tell(must = false): boolean {
    if (!this.#present || !this.#used) return true;
    if (this.#grab !== undefined) {
      this.#grab.grab.move(this.at, this.#timeUs);
      return true;
    }
    const hit = this.#hit();
    if (hit === undefined || must || this.host.isSlow?.(clientOf(hit.surface)) !== true) {
      this.#tellHit(hit);
      return true;
    }
    if (hit.surface !== this.focus) this.#cross(undefined);
    return false;
  }

  /** What is under it may be elsewhere, or something else: that is told. False: it has itself been moved, which the next refresh tells. */
  look(): boolean {
    const { focus } = this;
    if (!this.#present || !this.#used || this.#grab !== undefined || focus === undefined) return this.tell();
    const before = this.#corner;
    const hit = this.#hit();
    const isWhereItWas = hit?.surface === focus && isNear(this.#corner, before);
    return isWhereItWas ? !this.#isElsewhere(hit) : this.tell();
  }

  button({ button, pressed, timeUs }: ButtonEvent): void {
    this.#timeUs = timeUs;
    this.#used = true;
    this.tell(true);
    if (pressed) this.#press(button, timeUs);
    else this.#release(button, timeUs);
  }

  axis(event: AxisEvent): void {
    this.tell(true);
    const { focus } = this;
    if (focus !== undefined && this.#grab === undefined) this.events.axis(clientOf(focus), event);
  }

  /** The button of `surface`’s client that is down since `serial`, by which a drag may begin. */
  heldSince(client: Client, serial: number): number | undefined {
    for (const [button, press] of this.#held)
      if (press.serial === serial && isThere(press.surface) && clientOf(press.surface) === client) return button;
    return undefined;
  }

  /** Until the button is released; the surface that has the pointer loses it. */
  grab(button: number, grab: PointerGrab): void {
    this.#cross(undefined);
    this.#grab = { button, grab };
    this.#held.set(button, { surface: undefined, serial: 0 });
    grab.move(this.at, this.#timeUs);
  }

  /** The surfaces have the pointer again, once no button is held. Idempotent. */
  ungrab(): void {
    if (this.#grab === undefined) return;
    this.#grab = undefined;
    this.tell(true);
  }

  /** There is a device, for the first time or again. */
  come(): void {
    this.#present = true;
    this.events.bound.renew();
    this.tell(true);
  }

  /** There is no device any more. */
  go(): void {
    this.#held.clear();
    this.#grab?.grab.cancel();
    if (this.focus !== undefined) this.#cross(undefined);
    this.#present = false;
  }

  #allowed(to: Point): Point {
    const { focus } = this;
    if (focus === undefined) return to;
    const { x, y } = this.#corner;
    const held = this.peers.held(focus, this.#inside(focus), { x: to.x - x, y: to.y - y });
    return { x: held.x + x, y: held.y + y };
  }

  #press(button: number, timeUs: number): void {
    const isSpent = this.#grab !== undefined || (this.#held.size === 0 && dismisses(this.host, this.at.x, this.at.y));
    const surface = isSpent ? undefined : this.focus;
    if (surface !== undefined) this.host.pressed?.(surface);
    const serial = surface === undefined ? 0 : this.events.button(clientOf(surface), timeUs, button, true);
    this.#held.set(button, { surface, serial });
  }

  #release(button: number, timeUs: number): void {
    const press = this.#held.get(button);
    this.#held.delete(button);
    if (this.#grab?.button === button) this.#grab.grab.drop(timeUs);
    else if (press?.surface !== undefined && press.surface === this.focus)
      this.events.button(clientOf(press.surface), timeUs, button, false);
    if (this.#held.size === 0) this.tell(true);
  }

  /** Where the pointer is to be heard of. */
  #hit(): Hit | undefined {
    const { focus } = this;
    if (this.#held.size > 0) return focus === undefined ? undefined : this.#inside(focus);
    const hit = hitAt(this.host, this.at.x, this.at.y);
    if (hit !== undefined) this.#corner = { x: this.at.x - hit.x, y: this.at.y - hit.y };
    return hit;
  }

  #inside(surface: Surface): Hit {
    return { surface, x: this.at.x - this.#corner.x, y: this.at.y - this.#corner.y };
  }

  #tellHit(hit: Hit | undefined): void {
    const { focus } = this;
    if (hit === undefined || hit.surface !== focus) {
      if (hit !== undefined || focus !== undefined) this.#cross(hit);
      return;
    }
    const isElsewhere = this.#isElsewhere(hit);
    this.#told = hit;
    const hasMoved = this.peers.relative.tell(clientOf(hit.surface), this.#timeUs);
    if (isElsewhere) this.events.motion(hit, this.#timeUs);
    if (isElsewhere || hasMoved) this.events.frame(clientOf(hit.surface));
    if (isElsewhere) this.peers.moved();
  }

  /** In the surface that it is in, from where its client was told. */
  #isElsewhere({ x, y }: Hit): boolean {
    return this.#told?.x !== x || this.#told.y !== y;
  }

  #cross(hit: Hit | undefined): void {
    const before = this.focus;
    this.#told = hit;
    this.peers.relative.forget();
    this.events.cross(before, hit);
    this.peers.crossed();
  }
}

/** By less than a client can be told. */
function isNear(one: Point, other: Point): boolean {
  return Math.abs(one.x - other.x) < leastStep && Math.abs(one.y - other.y) < leastStep;
}
