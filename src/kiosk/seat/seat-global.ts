/** wl_seat: what devices there are, and the objects by which clients hear of them. */
import type { InputDevice } from '../../input/index.js';
import { enums, ProtocolError, type Resource, type WaylandServer } from '../../wayland/index.js';

type SeatResource = Resource<'wl_seat'>;
export type Capability = keyof typeof enums.wl_seat.capability;

export interface SeatDevices {
  /** What clients can be told of; other devices are as good as not there. */
  readonly kinds: readonly Capability[];
  pointer(resource: Resource<'wl_pointer'>): void;
  keyboard(resource: Resource<'wl_keyboard'>): void;
  touch(resource: Resource<'wl_touch'>): void;
  /** A kind of device is there for the first time, or again. */
  came(capability: Capability): void;
  went(capability: Capability): void;
}

const version = 9;
const sinceName = 2;
const { capability: bits, error } = enums.wl_seat;
export const capabilities = Object.keys(bits) as Capability[];

export class SeatGlobal {
  readonly #bound = new Set<SeatResource>();
  readonly #devices = new Set<InputDevice>();
  /** All that there has ever been: asking for those is no fault. */
  readonly #known = new Set<Capability>();
  #bits = 0;

  constructor(
    server: WaylandServer,
    private readonly devices: SeatDevices,
    name = 'seat0',
  ) {
    server.offer('wl_seat', version, (seat) => {
      this.#bound.add(seat);
      seat.implement(this.#requests(seat), () => this.#bound.delete(seat));
      if (seat.version >= sinceName) seat.send.name(name);
      seat.send.capabilities(this.#bits);
    });
  }

  has(capability: Capability): boolean {
    return (this.#bits & bits[capability]) !== 0;
  }

  device(device: InputDevice, isThere: boolean): void {
    if (isThere) this.#devices.add(device);
    else this.#devices.delete(device);
    const all = [...this.#devices];
    const now = this.devices.kinds.filter((capability) => all.some((each) => each[capability]));
    this.#change(now.reduce((sum, capability) => sum | bits[capability], 0));
  }

  #change(next: number): void {
    if (next === this.#bits) return;
    const before = this.#bits;
    this.#bits = next;
    const differing = capabilities.filter((each) => ((before ^ next) & bits[each]) !== 0);
    for (const capability of differing) if (!this.has(capability)) this.devices.went(capability);
    for (const capability of differing) if (this.has(capability)) this.#came(capability);
    for (const seat of this.#bound) seat.send.capabilities(next);
  }

  #came(capability: Capability): void {
    this.#known.add(capability);
    this.devices.came(capability);
  }

  #requests(seat: SeatResource) {
    const assertKnown = (capability: Capability) => {
      if (this.#known.has(capability)) return;
      throw new ProtocolError(seat, error.missing_capability, `the seat has never had a ${capability}`);
    };
    return {
      get_pointer: (pointer: Resource<'wl_pointer'>) => {
        assertKnown('pointer');
        this.devices.pointer(pointer);
      },
      get_keyboard: (keyboard: Resource<'wl_keyboard'>) => {
        assertKnown('keyboard');
        this.devices.keyboard(keyboard);
      },
      get_touch: (touch: Resource<'wl_touch'>) => {
        assertKnown('touch');
        this.devices.touch(touch);
      },
      release: () => undefined,
    };
  }
}
