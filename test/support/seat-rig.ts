/** A seat on the real libwayland, with surfaces that lie where a test puts them, and clients that write the wire themselves. */
import { closeSync, mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxisEvent, DeviceEvent, InputDevice, InputEvent, Keyboard } from '../../src/input/index.js';
import { Contents } from '../../src/kiosk/contents.js';
import { nearestIn } from '../../src/kiosk/geometry.js';
import {
  Seat,
  type CursorImage,
  type CursorSink,
  type PopupGrabs,
  type SeatOptions,
} from '../../src/kiosk/seat/index.js';
import { Surface } from '../../src/kiosk/surface.js';
import { surfaceRequests } from '../../src/kiosk/surface-requests.js';
import { implementRegion } from '../../src/kiosk/region.js';
import { enums, WaylandServer, type Client, type Resource } from '../../src/wayland/index.js';
import { native } from '../addon/support/addon.js';
import { memoryFile } from '../addon/support/descriptors.js';
import { HandClock } from './loop-rig.js';
import { WireClient } from './wayland-client.js';

interface Placed {
  readonly surface: Surface;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Of everything. */
export const device: InputDevice = {
  node: '/dev/input/event0',
  name: 'made up',
  vendor: 1,
  product: 2,
  pointer: true,
  keyboard: true,
  touch: true,
  absolute: true,
  path: '',
  pciAddress: undefined,
  connector: undefined,
};

export const headSize = { width: 800, height: 600 };
export const refreshMs = 10;
export const buttons = { left: 0x110, right: 0x111 } as const;

export class SeatRig {
  readonly server = new WaylandServer(native);
  readonly #contents = new Contents(this.server);
  readonly clock = new HandClock();
  readonly seat: Seat;
  /** The last is the topmost. */
  readonly placed: Placed[] = [];
  readonly surfaces: Surface[] = [];
  readonly faults: unknown[] = [];
  focus: Surface | undefined;
  popups: PopupGrabs | undefined;
  slow = new Set<Client>();
  timeUs = 1_000_000;
  readonly #folder = mkdtempSync(join(tmpdir(), 'guesthead-seat-'));
  readonly #clients: WireClient[] = [];

  constructor(options: SeatOptions = {}) {
    this.#offerSurfaces();
    this.server.offerShm();
    this.server.faults$.subscribe(({ error }) => this.faults.push(error));
    this.seat = new Seat(
      {
        server: this.server,
        surfaceOf: ({ handle }) => this.surfaces.find(({ resource }) => resource.handle === handle),
        scene: { at: (x, y) => this.#at(x, y) },
        middle: () => ({ x: headSize.width / 2, y: headSize.height / 2 }),
        nearest: (place) => nearestIn({ x: 0, y: 0, ...headSize }, place),
        logicalAt: ({ x, y }) => ({ x: x * headSize.width, y: y * headSize.height }),
        refreshMs: () => refreshMs,
        focus: () => this.focus,
        isSlow: (client) => this.slow.has(client),
        popups: {
          grabbing: () => this.popups?.grabbing(),
          dismissOutside: (client) => this.popups?.dismissOutside(client),
        },
      },
      { clock: this.clock, keyboard: new FakeKeyboard(), ...options },
    );
    this.server.listen(join(this.#folder, 'wayland-0'));
  }

  async connect(): Promise<WireClient> {
    const client = await WireClient.connect(join(this.#folder, 'wayland-0'));
    this.#clients.push(client);
    return client;
  }

  /** A surface of a client, which lies there in the head. */
  async place(client: WireClient, x: number, y: number, width: number, height: number): Promise<[id: number, Placed]> {
    const id = client.request(client.bind('wl_compositor'), 'create_surface');
    await client.roundtrip();
    const placed = { surface: this.surfaces.at(-1)!, x, y, width, height };
    this.placed.push(placed);
    return [id, placed];
  }

  plug(added: boolean, which: InputDevice = device): void {
    this.seat.input({ kind: 'device', added, device: which } satisfies DeviceEvent);
  }

  /** To a place of the head, in pixels. */
  point(x: number, y: number): void {
    this.#send({ kind: 'motion', x: x / headSize.width, y: y / headSize.height });
  }

  /** By so many pixels, and half of that before acceleration. */
  move(dx: number, dy: number): void {
    this.#send({ kind: 'relative', dx, dy, dxUnaccelerated: dx / 2, dyUnaccelerated: dy / 2 });
  }

  press(button: number = buttons.left, pressed = true): void {
    this.#send({ kind: 'button', button, pressed });
  }

  release(button: number = buttons.left): void {
    this.press(button, false);
  }

  key(key: number, pressed = true): void {
    this.#send({ kind: 'key', key, pressed });
  }

  scroll(event: Pick<AxisEvent, 'source'> & Partial<AxisEvent>): void {
    this.#send({ kind: 'axis', horizontal: undefined, vertical: undefined, ...event });
  }

  touch(kind: 'touch-down' | 'touch-motion', slot: number, x: number, y: number): void {
    this.#send({ kind, slot, x: x / headSize.width, y: y / headSize.height });
  }

  lift(slot: number, kind: 'touch-up' | 'touch-cancel' = 'touch-up'): void {
    this.#send({ kind, slot });
  }

  touchFrame(): void {
    this.#send({ kind: 'touch-frame' });
  }

  flip(): void {
    this.clock.advance(refreshMs);
    this.seat.refresh();
  }

  close(): void {
    this.seat.close();
    for (const client of this.#clients) client.close();
    this.server.close();
    rmSync(this.#folder, { recursive: true });
  }

  #send(event: object): void {
    this.timeUs += 1000;
    this.seat.input({ ...event, device, timeUs: this.timeUs } as InputEvent);
  }

  #at(x: number, y: number) {
    const found = this.placed.findLast(
      (each) => x >= each.x && y >= each.y && x < each.x + each.width && y < each.y + each.height,
    );
    return found === undefined ? undefined : { surface: found.surface, x: x - found.x, y: y - found.y };
  }

  #offerSurfaces(): void {
    this.server.offer('wl_compositor', 5, (compositor) => {
      compositor.implement({
        create_surface: (resource) => {
          const surface = new Surface(resource, {
            onApplied: () => {
              this.seat.look();
            },
            onGone: (gone) => {
              this.#forget(gone);
            },
          });
          resource.implement(
            surfaceRequests(surface, (buffer) => this.#contents.of(buffer as Resource<'wl_buffer'>)),
            () => surface.end(),
          );
          this.surfaces.push(surface);
        },
        create_region: implementRegion,
      });
    });
  }

  #forget(surface: Surface): void {
    const at = this.placed.findIndex((placed) => placed.surface === surface);
    if (at >= 0) this.placed.splice(at, 1);
    if (this.focus === surface) this.focus = undefined;
  }
}

/** Shows a picture in one colour in a surface. */
export function paint(client: WireClient, surface: number, width: number, height: number, colour: number): void {
  const bytes = width * height * 4;
  const fd = memoryFile(bytes);
  writeSync(fd, new Uint8Array(new Uint32Array(width * height).fill(colour).buffer), 0, bytes, 0);
  const pool = client.requestWith([fd], client.bind('wl_shm'), 'create_pool', bytes);
  closeSync(fd);
  const buffer = client.request(pool, 'create_buffer', 0, width, height, width * 4, enums.wl_shm.format.argb8888);
  client.request(surface, 'attach', buffer, 0, 0);
  client.request(surface, 'damage', 0, 0, width, height);
  client.request(surface, 'commit');
}

/** The names of what an object was told since this was asked. */
export async function told(client: WireClient, id: number): Promise<string[]> {
  return (await heard(client, id)).map(([name]) => name);
}

/** The same with the values. */
export async function heard(client: WireClient, id: number): Promise<[string, ...unknown[]][]> {
  await client.roundtrip();
  const events = client.eventsOf(id);
  client.events.length = 0;
  return events;
}

/** What is shown, and where. */
export class FakeSink implements CursorSink {
  image: CursorImage | undefined;
  at: [number, number] | undefined;
  show(image: CursorImage): void {
    this.image = image;
  }
  move(x: number, y: number): void {
    this.at = [Math.round(x), Math.round(y)];
  }
  hide(): void {
    this.image = undefined;
  }
}

/** Of every fake keyboard, as long as the process lives; a keymap it is only by its size. */
const keymap = { fd: memoryFile(100), bytes: 100 };

/** Shift is a modifier, and no other key. */
export class FakeKeyboard implements Keyboard {
  readonly keymap = keymap;
  modifiers = { depressed: 0, latched: 0, locked: 0, group: 0 };

  update(key: number, pressed: boolean): boolean {
    if (key !== 42) return false;
    this.modifiers = { ...this.modifiers, depressed: pressed ? 1 : 0 };
    return true;
  }

  repeats(): boolean {
    return true;
  }
}
