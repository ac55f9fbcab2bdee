/** Two clients side by side, from one of which something is dragged to the other. */
import { enums } from '../../src/wayland/index.js';
import { DataClient } from './data-client.js';
import { FakeSink, SeatRig } from './seat-rig.js';

const { copy, move } = enums.wl_data_device_manager.dnd_action;

export const mimeType = 'text/uri-list';

export class DragRig extends SeatRig {
  readonly sink: FakeSink;
  from!: DataClient;
  to!: DataClient;
  source = 0;
  /** Of the press that the drag begins with. */
  serial = 0;
  #origin = 0;

  /** Ready to drag, with all actions but `ask`, and the newest version. */
  static async open(): Promise<DragRig> {
    const rig = new DragRig(new FakeSink());
    rig.plug(true);
    await rig.prepare();
    return rig;
  }

  private constructor(sink: FakeSink) {
    super({ cursor: { sink, mode: 'always' } });
    this.sink = sink;
  }

  /** Windows of both, and a button pressed in the left one. */
  async prepare(fromVersion = 3, toVersion = 3, actions = copy | move): Promise<void> {
    this.placed.length = 0;
    this.from = await DataClient.open(this, 'wl_data', fromVersion);
    this.to = await DataClient.open(this, 'wl_data', toVersion);
    [this.#origin] = await this.place(this.from.client, 0, 0, 100, 100);
    await this.place(this.to.client, 100, 0, 100, 100);
    this.carry(50, 50);
    this.press();
    await this.from.sync();
    this.serial = lastSerial(this.from, this.from.pointer, 'button');
    this.source = this.from.source(mimeType);
    if (fromVersion >= 3) this.from.client.request(this.source, 'set_actions', actions);
  }

  async start(serial = this.serial, source: number | null = this.source, icon: number | null = null): Promise<void> {
    this.from.client.request(this.from.device, 'start_drag', source, this.#origin, icon, serial);
    await this.from.sync();
  }

  /** Moves, and tells of it. */
  carry(x: number, y: number): void {
    this.point(x, y);
    this.flip();
  }

  /** Over the destination, which is given this offer. */
  async enter(): Promise<number> {
    this.carry(150, 20);
    await this.to.sync();
    const enter = this.to.client.eventsOf(this.to.device).findLast(([name]) => name === 'enter');
    return enter?.[5] as number;
  }

  /** The destination would take it. */
  async want(offer: number, actions = copy, preferred = copy): Promise<void> {
    this.to.client.request(offer, 'set_actions', actions, preferred);
    await this.accept(offer);
  }

  async accept(offer: number): Promise<void> {
    this.to.client.request(offer, 'accept', 1, mimeType);
    await this.to.sync();
  }

  /** What the source was told, but for its actions. */
  async sourceHeard(): Promise<string[]> {
    await this.from.sync();
    return namesOf(this.from, this.source).filter((name) => name !== 'action');
  }
}

/** What an object was told. */
export const namesOf = ({ client }: DataClient, id: number): string[] => client.eventsOf(id).map(([name]) => name);

export const actionsOf = ({ client }: DataClient, id: number): unknown[] =>
  client.eventsOf(id).flatMap(([name, action]) => (name === 'action' ? [action] : []));

export const lastSerial = ({ client }: DataClient, id: number, event: string): number =>
  client.eventsOf(id).findLast(([name]) => name === event)?.[1] as number;
