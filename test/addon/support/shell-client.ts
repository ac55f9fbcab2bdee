/** More windows of a client, and its popups, as `Window` has its first one. */
import type { WireClient } from '../../support/wayland-client.js';
import type { Window } from './kiosk-rig.js';

export interface PopupOptions {
  /** The anchor rectangle. */
  readonly rect: readonly [x: number, y: number, width: number, height: number];
  /** Also its gravity's, but towards the lower right. */
  readonly anchor: number;
  readonly adjustment?: number;
  readonly reactive?: boolean;
  /** A serial to grab with. */
  readonly grab?: number;
}

const size = [40, 30] as const;
const lowerRight = 8;

/** 40×30 pixels that hang at the lower right of their anchor. */
export class Popup {
  readonly surface: number;
  readonly xdg: number;
  readonly popup: number;
  readonly #base: number;
  readonly #client: WireClient;

  /** `parent`: an xdg_surface. */
  constructor(
    private readonly window: Window,
    parent: number,
    { rect, anchor, adjustment, reactive, grab }: PopupOptions,
  ) {
    const { client } = window;
    this.#client = client;
    this.#base = client.bind('xdg_wm_base');
    this.surface = client.request(client.bind('wl_compositor'), 'create_surface');
    this.xdg = client.request(this.#base, 'get_xdg_surface', this.surface);
    const positioner = this.positioner(rect, anchor, adjustment);
    if (reactive === true) client.request(positioner, 'set_reactive');
    this.popup = client.request(this.xdg, 'get_popup', parent, positioner);
    if (grab !== undefined) client.request(this.popup, 'grab', client.bind('wl_seat'), grab);
    client.request(this.surface, 'commit');
  }

  positioner(rect: PopupOptions['rect'], anchor: number, adjustment = 0): number {
    const client = this.#client;
    const positioner = client.request(this.#base, 'create_positioner');
    client.request(positioner, 'set_size', ...size);
    client.request(positioner, 'set_anchor_rect', ...rect);
    client.request(positioner, 'set_anchor', anchor);
    client.request(positioner, 'set_gravity', lowerRight);
    client.request(positioner, 'set_constraint_adjustment', adjustment);
    return positioner;
  }

  /** Its place has been told, and is agreed to. */
  async told(): Promise<void> {
    await this.#client.roundtrip();
    this.ack();
  }

  ack(): void {
    acknowledge(this.#client, this.xdg);
  }

  place(): unknown[] {
    return (
      this.#client
        .eventsOf(this.popup)
        .findLast(([name]) => name === 'configure')
        ?.slice(1) ?? []
    );
  }

  /** Its frame callback. */
  show(colour: number): number {
    return showOn(this.#client, this.surface, this.window.buffer(...size, colour));
  }

  destroy(): void {
    this.#client.request(this.popup, 'destroy');
    this.#client.request(this.xdg, 'destroy');
    this.#client.request(this.surface, 'destroy');
  }
}

/** One more window of the same client, not committed yet. */
export function windowOn(window: Window) {
  const { client } = window;
  const surface = client.request(client.bind('wl_compositor'), 'create_surface');
  const xdg = client.request(client.bind('xdg_wm_base'), 'get_xdg_surface', surface);
  const toplevel = client.request(xdg, 'get_toplevel');
  return {
    surface,
    xdg,
    toplevel,
    size: () =>
      client
        .eventsOf(toplevel)
        .findLast(([name]) => name === 'configure')
        ?.slice(1, 3),
    ack: () => {
      acknowledge(client, xdg);
    },
    /** Its frame callback. */
    show: (width: number, height: number, colour: number) =>
      showOn(client, surface, window.buffer(width, height, colour)),
    hide: () => {
      client.request(surface, 'attach', 0, 0, 0);
      client.request(surface, 'commit');
    },
  };
}

/** What a window was told last. */
export function statesOf(client: WireClient, toplevel: number): number[] {
  const bytes = client.eventsOf(toplevel).findLast(([name]) => name === 'configure')?.[3] as Uint8Array;
  return [...new Uint32Array(bytes.slice().buffer)];
}

function acknowledge(client: WireClient, xdg: number): void {
  client.request(xdg, 'ack_configure', client.eventsOf(xdg).at(-1)?.[1] as number);
}

function showOn(client: WireClient, surface: number, buffer: number): number {
  client.request(surface, 'attach', buffer, 0, 0);
  client.request(surface, 'damage_buffer', 0, 0, 10_000, 10_000);
  const callback = client.request(surface, 'frame');
  client.request(surface, 'commit');
  return callback;
}
