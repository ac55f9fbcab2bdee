/**
 * A kiosk on a fake head, which WLCS reaches by module.c: a new one for each of its tests, over a control socket whose lines
 * module.c has, and which opens nowhere else.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kiosk, type KioskWindow, type Layout, type Toplevel } from '../../src/kiosk/index.js';
import { loadNative } from '../../src/native/index.js';
import { openKeyboard, type InputEvent } from '../../src/input/index.js';
import type { Client } from '../../src/wayland/index.js';
import { HeadOnFake } from '../support/fake-head.js';
import { device, eventsOf } from './device.js';

/** Room for where WLCS places its windows, 500 pixels to the right and down. */
const mode = { width: 1920, height: 1080 };
/** Of the fake head: faster than a real one, because tests wait for frames. */
const refreshMs = 4;

export class KioskUnderTest {
  readonly control: string;
  readonly wayland: string;
  readonly #keyboard = openKeyboard(loadNative());
  #kiosk: Kiosk | undefined;
  #clients: Client[] = [];
  /** Where the suite has put windows; each is as large as its client likes. */
  #corners = new WeakMap<KioskWindow, { readonly x: number; readonly y: number }>();
  #onClient: (() => void) | undefined;
  #closed = false;

  private constructor(
    folder: string,
    private readonly rig: HeadOnFake,
    private readonly server: Server,
  ) {
    this.control = join(folder, 'control');
    this.wayland = join(folder, 'wayland-0');
    server.on('connection', (socket) => void this.#serve(socket));
    server.listen(this.control);
    void this.#refresh();
  }

  static async open(folder: string): Promise<KioskUnderTest> {
    const rig = await HeadOnFake.open({ connectors: [{ modes: [mode] }] });
    const opened = new KioskUnderTest(folder, rig, createServer());
    await once(opened.server, 'listening');
    return opened;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.stop();
    this.#keyboard.close();
    this.server.close();
    await this.rig.abandon();
  }

  start(): void {
    this.#kiosk = new Kiosk(this.rig.head, loadNative(), { layout: this.#layout, keyboard: this.#keyboard });
    this.#kiosk.clients$.subscribe((client) => {
      this.#clients.push(client);
      this.#onClient?.();
    });
    this.#kiosk.input({ kind: 'device', added: true, device });
    this.#kiosk.listen(this.wayland);
  }

  stop(): void {
    void this.#kiosk?.close();
    this.#kiosk = undefined;
    this.#clients = [];
  }

  readonly #layout: Layout = (windows) =>
    windows.map((window) => ({ window, ...(this.#corners.get(window) ?? { x: 0, y: 0 }) }));

  async #refresh(): Promise<void> {
    while (!this.#closed) {
      await sleep(refreshMs);
      await this.rig.kernel.flip();
    }
  }

  /** One line after the other. */
  async #serve(socket: Socket): Promise<void> {
    let text = '';
    let connected = 0;
    for await (const bytes of socket.setEncoding('utf8')) {
      const lines = (text + String(bytes)).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const [verb = '', ...values] = line.split(' ');
        if (verb === 'client') connected++;
        socket.write((await this.#obey(verb, values.map(Number), connected)) ? '+' : '-');
      }
    }
  }

  /** Whether it could be done. */
  async #obey(verb: string, values: readonly number[], connected: number): Promise<boolean> {
    if (verb === 'start') this.start();
    else if (verb === 'stop') this.stop();
    else if (verb === 'client') await this.#accepted(connected);
    else if (verb === 'position') return this.#position(values);
    else return this.#input(eventsOf(verb, values, mode));
    return true;
  }

  get #windows(): readonly Toplevel[] {
    return (this.#kiosk?.windows ?? []) as readonly Toplevel[];
  }

  #position([number = 0, id = 0, x = 0, y = 0]: readonly number[]): boolean {
    const client = this.#clients[number];
    const surfaceOf = ({ xdg: { surface } }: Toplevel) => surface.resource;
    const window = this.#windows.find((each) => surfaceOf(each).client === client && surfaceOf(each).id === id);
    if (window === undefined) return false;
    this.#corners.set(window, { x, y });
    this.#kiosk?.rearrange();
    return true;
  }

  /** Clients hear of it at once, and not only with the next frame. */
  #input(events: readonly InputEvent[] | undefined): boolean {
    for (const event of events ?? []) this.#kiosk?.input(event);
    this.#kiosk?.refresh();
    return events !== undefined && this.#kiosk !== undefined;
  }

  /** Resolves when so many have connected. */
  async #accepted(count: number): Promise<void> {
    while (this.#clients.length < count) await new Promise<void>((resolve) => (this.#onClient = resolve));
  }
}
