/** wl_touch: each finger belongs to the surface that it came down on, until it goes. */
import type { TouchEndEvent, TouchPointEvent } from '../../input/index.js';
import type { Client, Resource } from '../../wayland/index.js';
import type { Point } from '../geometry.js';
import type { Surface } from '../surface.js';
import { Bound } from './bound.js';
import { dismisses, hitAt } from './focus-hit.js';
import { clientOf, isThere, type SeatHost } from './host.js';
import { wireTime } from './pointer-events.js';
import type { PointerGrab } from './pointer.js';
import type { Serials } from './serials.js';

/** A finger that is down, and somebody's. */
interface Finger {
  /** What clients know it by: the least that no other finger has. */
  readonly id: number;
  readonly surface: Surface;
  /** The surface's upper left corner. */
  readonly corner: Point;
  readonly serial: number;
  at: Point;
  timeUs: number;
  /** Whether it is elsewhere than its client knows. */
  moved: boolean;
  grab: PointerGrab | undefined;
}

export class Touch {
  readonly bound = new Bound<'wl_touch'>();
  readonly #fingers = new Map<number, Finger>();
  /** Whom something was told since the last frame. */
  readonly #unframed = new Set<Client>();

  constructor(
    private readonly host: SeatHost,
    private readonly serials: Serials,
  ) {}

  bind(resource: Resource<'wl_touch'>): void {
    this.bound.add(resource, { release: () => undefined });
  }

  down(event: TouchPointEvent): void {
    const { slot, timeUs } = event;
    this.tell(true);
    const at = this.host.logicalAt(event, event.device);
    if (dismisses(this.host, at.x, at.y)) return;
    const hit = hitAt(this.host, at.x, at.y);
    if (hit === undefined) return;
    const { surface } = hit;
    this.host.pressed?.(surface);
    const client = clientOf(surface);
    const serial = this.serials.give(client, 'press');
    const corner = { x: at.x - hit.x, y: at.y - hit.y };
    const id = this.#freeId();
    this.#fingers.set(slot, { id, surface, corner, serial, at, timeUs, moved: false, grab: undefined });
    for (const { send } of this.bound.of(client))
      send.down(serial, wireTime(timeUs), surface.resource, id, hit.x, hit.y);
    this.#unframed.add(client);
  }

  /** Whether anybody is to be told. */
  move(event: TouchPointEvent): boolean {
    const { slot, timeUs } = event;
    const finger = this.#fingers.get(slot);
    if (finger === undefined) return false;
    Object.assign(finger, { at: this.host.logicalAt(event, event.device), timeUs, moved: true });
    return true;
  }

  up({ slot, timeUs }: TouchEndEvent): void {
    this.tell(true);
    const finger = this.#fingers.get(slot);
    this.#fingers.delete(slot);
    finger?.grab?.drop(timeUs);
    if (finger !== undefined && finger.grab === undefined) this.#tellUp(finger, timeUs);
  }

  /** Surfaces may have gone: their fingers are up, for their clients. */
  look(): void {
    for (const [slot, finger] of this.#fingers) {
      if (finger.grab !== undefined || isThere(finger.surface)) continue;
      this.#fingers.delete(slot);
      this.#tellUp(finger, finger.timeUs);
      this.frame();
    }
  }

  /** The protocol knows only all the fingers of a client. */
  cancel({ slot }: Pick<TouchEndEvent, 'slot'>): void {
    const finger = this.#fingers.get(slot);
    if (finger?.grab !== undefined) this.#cancelGrab(slot, finger.grab);
    else if (finger !== undefined) this.#cancelClient(clientOf(finger.surface));
  }

  /** What was told since the last one belongs together. */
  frame(): void {
    for (const client of this.#unframed) for (const { send } of this.bound.of(client)) send.frame();
    this.#unframed.clear();
  }

  /** Tells where the fingers are. False: a client does not answer, and is told later unless it must hear of it. */
  tell(must = false): boolean {
    let isAll = true;
    for (const finger of this.#fingers.values()) if (finger.moved && !this.#tellFinger(finger, must)) isAll = false;
    return isAll;
  }

  /** Whose finger it is; undefined: nobody's, or it is up. */
  clientOf(slot: number): Client | undefined {
    const finger = this.#fingers.get(slot);
    return finger === undefined ? undefined : clientOf(finger.surface);
  }

  /** The finger of a client that is down since `serial`, by which a drag may begin. */
  heldSince(client: Client, serial: number): number | undefined {
    for (const [slot, { surface, serial: since, grab }] of this.#fingers)
      if (since === serial && grab === undefined && isThere(surface) && clientOf(surface) === client) return slot;
    return undefined;
  }

  /** Until the finger goes; its surface hears of it no more. */
  grab(slot: number, grab: PointerGrab): void {
    const finger = this.#fingers.get(slot);
    if (finger === undefined) return;
    finger.grab = grab;
    grab.move(finger.at, finger.timeUs);
  }

  /** There is no device any more. */
  go(): void {
    for (const slot of [...this.#fingers.keys()]) this.cancel({ slot });
  }

  #tellFinger(finger: Finger, must: boolean): boolean {
    const { id, surface, corner, at, timeUs, grab } = finger;
    if (grab === undefined && isThere(surface) && !must && this.host.isSlow?.(clientOf(surface)) === true) return false;
    finger.moved = false;
    if (grab !== undefined) grab.move(at, timeUs);
    if (grab !== undefined || !isThere(surface)) return true;
    for (const { send } of this.bound.of(clientOf(surface)))
      send.motion(wireTime(timeUs), id, at.x - corner.x, at.y - corner.y);
    this.#unframed.add(clientOf(surface));
    return true;
  }

  #tellUp({ id, surface }: Finger, timeUs: number): void {
    const client = clientOf(surface);
    const serial = this.serials.give(client, 'release');
    for (const { send } of this.bound.of(client)) send.up(serial, wireTime(timeUs), id);
    this.#unframed.add(client);
  }

  #cancelGrab(slot: number, grab: PointerGrab): void {
    this.#fingers.delete(slot);
    grab.cancel();
  }

  #cancelClient(client: Client): void {
    for (const [slot, { surface, grab }] of this.#fingers)
      if (grab === undefined && clientOf(surface) === client) this.#fingers.delete(slot);
    for (const { send } of this.bound.of(client)) send.cancel();
    this.#unframed.delete(client);
  }

  #freeId(): number {
    const taken = new Set([...this.#fingers.values()].map(({ id }) => id));
    let id = 0;
    while (taken.has(id)) id++;
    return id;
  }
}
