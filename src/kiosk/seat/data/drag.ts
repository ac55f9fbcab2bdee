/** A drag: the pointer or a finger carries what a client has over the surfaces, and drops it on one. */
import type { Client } from '../../../wayland/index.js';
import { clientOf, isThere, type Hit, type SeatHost } from '../host.js';
import { wireTime } from '../pointer-events.js';
import type { Point } from '../../geometry.js';
import type { PointerGrab } from '../pointer.js';
import type { Serials } from '../serials.js';
import type { DataDevice } from './data-device.js';
import type { DataSource } from './data-source.js';
import type { DragIcon } from './drag-icon.js';
import type { DragOffer } from './drag-offer.js';

export interface DragParts {
  readonly host: SeatHost;
  readonly serials: Serials;
  /** Who drags. */
  readonly client: Client;
  /** Without one only surfaces of the same client hear of the drag. */
  readonly source: DataSource | undefined;
  readonly icon: DragIcon | undefined;
  devicesOf(client: Client): readonly DataDevice[];
  /** The surfaces have the pointer again. */
  ended(): void;
}

interface Target {
  hit: Hit;
  readonly devices: readonly { readonly device: DataDevice; readonly offer: DragOffer | undefined }[];
}

export class Drag implements PointerGrab {
  #target: Target | undefined;
  #isOver = false;

  constructor(private readonly parts: DragParts) {
    parts.source?.whenGone(() => {
      this.cancel();
    });
  }

  get client(): Client {
    return this.parts.client;
  }

  get icon(): DragIcon | undefined {
    return this.parts.icon;
  }

  move(at: Point, timeUs: number): void {
    if (this.#isOver) return;
    this.parts.icon?.move(at);
    const hit = this.#hit(at);
    if (hit === undefined || hit.surface !== this.#target?.hit.surface) this.#cross(hit);
    else this.#slide(this.#target, hit, timeUs);
  }

  drop(): void {
    if (this.#isOver) return;
    const { source } = this.parts;
    const target = this.#target;
    const isWanted = target !== undefined && isThere(target.hit.surface) && this.#isWantedBy(target);
    if (isWanted) this.#dropOn(target);
    else this.#cross(undefined);
    this.#end();
    if (!isWanted) source?.cancelDrag();
  }

  /** Its source has gone, or the pointer has. Idempotent. */
  cancel(): void {
    if (this.#isOver) return;
    this.#cross(undefined);
    this.#end();
    this.parts.source?.cancelDrag();
  }

  #hit({ x, y }: Point): Hit | undefined {
    const hit = this.parts.host.scene.at(x, y);
    const isOurs = hit !== undefined && clientOf(hit.surface) === this.parts.client;
    return this.parts.source === undefined && !isOurs ? undefined : hit;
  }

  #cross(hit: Hit | undefined): void {
    for (const { device, offer } of this.#target?.devices ?? []) {
      device.resource.send.leave();
      offer?.leave();
    }
    this.#target = hit === undefined ? undefined : this.#enter(hit);
  }

  #enter(hit: Hit): Target {
    const { source, serials } = this.parts;
    const client = clientOf(hit.surface);
    const serial = serials.give(client, 'other');
    const devices = this.parts.devicesOf(client).map((device) => ({ device, ...device.enter(serial, hit, source) }));
    return { hit, devices };
  }

  #slide(target: Target, hit: Hit, timeUs: number): void {
    if (hit.x === target.hit.x && hit.y === target.hit.y) return;
    target.hit = hit;
    for (const { device } of target.devices) device.resource.send.motion(wireTime(timeUs), hit.x, hit.y);
  }

  #isWantedBy({ devices }: Target): boolean {
    return this.parts.source === undefined || devices.some(({ offer }) => offer?.isWanted === true);
  }

  /** The offers are what the destination takes it by, from now on. */
  #dropOn({ devices }: Target): void {
    for (const { device, offer } of devices)
      if (offer === undefined || offer.isWanted) {
        device.resource.send.drop();
        offer?.drop();
      } else {
        device.resource.send.leave();
        offer.leave();
      }
    this.#target = undefined;
    this.parts.source?.dropped();
  }

  #end(): void {
    this.#isOver = true;
    this.parts.source?.whenGone(() => undefined);
    this.parts.icon?.end();
    this.parts.ended();
  }
}
