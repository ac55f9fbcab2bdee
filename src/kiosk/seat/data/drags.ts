/** The seat's drag, of which there is one at a time. */
import type { Client } from '../../../wayland/index.js';
import type { SeatHost } from '../host.js';
import type { Pointer } from '../pointer.js';
import type { Serials } from '../serials.js';
import type { Touch } from '../touch.js';
import type { DataDevice } from './data-device.js';
import { Drag } from './drag.js';
import type { DragRequest } from './manager.js';

export interface DragsParts {
  readonly host: SeatHost;
  readonly serials: Serials;
  readonly pointer: Pointer;
  readonly touch: Touch;
  devicesOf(client: Client): readonly DataDevice[];
  /** The surfaces have the pointer again. */
  ended(): void;
}

export class Drags {
  #current: Drag | undefined;

  constructor(private readonly parts: DragsParts) {}

  get current(): Drag | undefined {
    return this.#current;
  }

  /** By the button or the finger that went down on the client's surface with this serial, and still is. */
  start(request: DragRequest): void {
    const { pointer, touch } = this.parts;
    const { client, serial, source } = request;
    const button = pointer.heldSince(client, serial);
    const slot = touch.heldSince(client, serial);
    if (this.#current !== undefined || (button === undefined && slot === undefined)) {
      source?.cancelDrag();
      return;
    }
    const drag = this.#begin(request);
    if (button !== undefined) pointer.grab(button, drag);
    else if (slot !== undefined) touch.grab(slot, drag);
  }

  #begin(request: DragRequest): Drag {
    const { host, serials, pointer } = this.parts;
    const drag = new Drag({
      ...request,
      host,
      serials,
      devicesOf: (client) => this.parts.devicesOf(client),
      ended: () => {
        this.#current = undefined;
        pointer.ungrab();
        this.parts.ended();
      },
    });
    this.#current = drag;
    return drag;
  }
}
