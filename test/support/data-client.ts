/** A client that copies, pastes, drags and drops. */
import type { SeatRig } from './seat-rig.js';
import { type WireClient } from './wayland-client.js';

export const kinds = ['wl_data', 'zwp_primary_selection'] as const;
type Kind = (typeof kinds)[number];

/** What the requests of the two protocols are called. */
const names = {
  wl_data: { manager: 'wl_data_device_manager', source: 'create_data_source', device: 'get_data_device' },
  zwp_primary_selection: {
    manager: 'zwp_primary_selection_device_manager_v1',
    source: 'create_source',
    device: 'get_device',
  },
} as const;

export class DataClient {
  readonly manager: number;
  readonly seat: number;
  readonly device: number;
  readonly pointer: number;
  readonly keyboard: number;
  readonly touch: number;

  private constructor(
    private readonly rig: SeatRig,
    private readonly kind: Kind,
    readonly client: WireClient,
    version?: number,
  ) {
    this.manager = client.bind(names[kind].manager, version);
    this.seat = client.bind('wl_seat');
    this.device = this.newDevice();
    this.pointer = client.request(this.seat, 'get_pointer');
    this.keyboard = client.request(this.seat, 'get_keyboard');
    this.touch = client.request(this.seat, 'get_touch');
  }

  static async open(rig: SeatRig, kind: Kind, version?: number): Promise<DataClient> {
    return new DataClient(rig, kind, await rig.connect(), version);
  }

  newDevice(): number {
    return this.client.request(this.manager, names[this.kind].device, this.seat);
  }

  source(...mimeTypes: readonly string[]): number {
    const source = this.client.request(this.manager, names[this.kind].source);
    for (const mimeType of mimeTypes) this.client.request(source, 'offer', mimeType);
    return source;
  }

  select(source: number | null, serial = 0): void {
    this.client.request(this.device, 'set_selection', source, serial);
  }

  receive(offer: number, mimeType: string, fd: number): void {
    this.client.requestWith([fd], offer, 'receive', mimeType);
  }

  sync(): Promise<void> {
    return this.client.roundtrip();
  }

  /** A window of it is typed into from now on. */
  async focus(): Promise<void> {
    const [, { surface }] = await this.rig.place(this.client, 0, 0, 10, 10);
    this.rig.focus = surface;
    this.rig.seat.look();
    await this.sync();
  }

  /** The serial that it was given for it. */
  async pressKey(): Promise<number> {
    this.rig.key(30);
    await this.sync();
    const serial = this.client.eventsOf(this.keyboard).findLast(([name]) => name === 'key')?.[1];
    this.rig.key(30, false);
    return serial as number;
  }

  /** The offers, or nulls, that a device was told of. */
  selections(device = this.device): (number | null)[] {
    const events = this.client.eventsOf(device).filter(([name]) => name === 'selection');
    return events.map(([, offer]) => (offer === 0 ? null : (offer as number)));
  }

  /** What is selected now; undefined: nothing. */
  offer(): number | undefined {
    return this.selections().at(-1) ?? undefined;
  }

  /** The kinds of it. */
  async offered(): Promise<string[]> {
    await this.sync();
    const offer = this.offer();
    return offer === undefined ? [] : this.client.eventsOf(offer).map(([, mimeType]) => mimeType as string);
  }
}
