/**
 * The seat's pointer: where it is, which surface it is in, and what that surface's client is told.
 *
 *   moved ──► place ──► (a refresh later, or before a button) tell ──► hit test ──► leave, enter, motion
 *
 * While a button is held the surface that it was pressed in keeps the pointer, also outside of itself.
 */
import type { AxisEvent, ButtonEvent, PointerMotion } from '../../input/index.js';
import type { Client, Requests, Resource } from '../../wayland/index.js';
import type { Point } from '../geometry.js';
import type { Surface } from '../surface.js';
import { dismisses, hitAt } from './focus-hit.js';
import { clientOf, isThere, type Hit, type SeatHost } from './host.js';
import { PointerEvents } from './pointer-events.js';
import type { Serials } from './serials.js';

/** Takes the pointer away from the surfaces until its button is released. */
export interface PointerGrab {
  move(at: Point, timeUs: number): void;
  drop(timeUs: number): void;
  /** There is no pointer any more. */
  cancel(): void;
}

/** A button that is down, and whom its press was told; undefined: nobody. */
interface Press {
  readonly surface: Surface | undefined;
  readonly serial: number;
}

export class Pointer {
  readonly events: PointerEvents;
  readonly #held = new Map<number, Press>();
  /** Whether there is a device. */
  #present = false;
  /** Whether it was ever used: until then nothing is under it, for nobody sees it. */
  #used = false;
  #at: Point;
  /** The surface that it is in, and the place in it that its client was told. */
  #told: Hit | undefined;
  /** That surface's upper left corner. */
  #corner: Point = { x: 0, y: 0 };
  #timeUs = 0;
  #grab: { readonly button: number; readonly grab: PointerGrab } | undefined;

  constructor(
    private readonly host: SeatHost,
    serials: Serials,
    /** It is in another surface now, or in none; its clients have been told. */
    private readonly crossed: () => void,
  ) {
    this.events = new PointerEvents(serials);
    this.#at = host.middle();
  }

  /** In logical pixels. */
  get at(): Point {
    return this.#at;
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

  /** Whether it is elsewhere now. */
  move(event: PointerMotion): boolean {
    const { x, y } = this.#at;
    const isFirst = !this.#used;
    const to =
      event.kind === 'motion' ? this.host.logicalAt(event, event.device) : { x: x + event.dx, y: y + event.dy };
    this.#at = this.host.nearest(to);
    this.#timeUs = event.timeUs;
    this.#used = true;
    return isFirst || this.#at.x !== x || this.#at.y !== y;
  }

  /** Tells where it is, if that is news. False: it waits for a client that does not answer, unless that must hear of it. */
  tell(must = false): boolean {
    if (!this.#present || !this.#used) return true;
    if (this.#grab !== undefined) {
      this.#grab.grab.move(this.#at, this.#timeUs);
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
    grab.move(this.#at, this.#timeUs);
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

  #press(button: number, timeUs: number): void {
    const isSpent = this.#grab !== undefined || (this.#held.size === 0 && dismisses(this.host, this.#at.x, this.#at.y));
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
    const hit = hitAt(this.host, this.#at.x, this.#at.y);
    if (hit !== undefined) this.#corner = { x: this.#at.x - hit.x, y: this.#at.y - hit.y };
    return hit;
  }

  #inside(surface: Surface): Hit {
    return { surface, x: this.#at.x - this.#corner.x, y: this.#at.y - this.#corner.y };
  }

  #tellHit(hit: Hit | undefined): void {
    const { focus } = this;
    if (hit === undefined || hit.surface !== focus) {
      if (hit !== undefined || focus !== undefined) this.#cross(hit);
      return;
    }
    const told = this.#told;
    this.#told = hit;
    if (told?.x === hit.x && told.y === hit.y) return;
    this.events.motion(hit, this.#timeUs);
    this.events.frame(clientOf(hit.surface));
  }

  #cross(hit: Hit | undefined): void {
    const before = this.focus;
    this.#told = hit;
    this.events.cross(before, hit);
    this.crossed();
  }
}
