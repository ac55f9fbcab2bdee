/** The kiosk on the real libwayland and a fake display: what a client commits comes to the screen. */
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Kiosk } from '../../src/kiosk/index.js';
import { enums } from '../../src/wayland/index.js';
import { closeAll, HeadOnFake } from '../support/fake-head.js';
import { WireClient } from '../support/wayland-client.js';
import { native } from './support/addon.js';
import { memoryFile } from './support/descriptors.js';

let folder: string;
let rig: HeadOnFake;
let kiosk: Kiosk;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guesthead-kiosk-'));
  rig = await HeadOnFake.open();
  kiosk = new Kiosk(rig.head, native);
  kiosk.listen(join(folder, 'wayland-0'));
});

afterEach(async () => {
  kiosk.close();
  await closeAll();
  rmSync(folder, { recursive: true });
});

/** A client with a window, whose size has been told to it. */
class Window {
  readonly surface: number;
  readonly xdg: number;
  readonly toplevel: number;
  readonly #shm: number;
  readonly #fds: number[] = [];

  private constructor(readonly client: WireClient) {
    const base = client.bind('xdg_wm_base');
    this.#shm = client.bind('wl_shm');
    this.surface = client.request(client.bind('wl_compositor'), 'create_surface');
    this.xdg = client.request(base, 'get_xdg_surface', this.surface);
    this.toplevel = client.request(this.xdg, 'get_toplevel');
  }

  static async open(): Promise<Window> {
    const window = new Window(await WireClient.connect(join(folder, 'wayland-0')));
    window.client.request(window.surface, 'commit');
    await window.client.roundtrip();
    return window;
  }

  /** The last size that it was told, and its serial is answered. */
  ack(): [width: number, height: number] {
    const [, width, height] = this.client.eventsOf(this.toplevel).findLast(([name]) => name === 'configure') ?? [];
    const [, serial] = this.client.eventsOf(this.xdg).at(-1) ?? [];
    this.client.request(this.xdg, 'ack_configure', serial as number);
    return [width as number, height as number];
  }

  /** A picture in one colour. */
  buffer(width: number, height: number, colour: number): number {
    const bytes = width * height * 4;
    const fd = memoryFile(bytes);
    this.#fds.push(fd);
    writeSync(fd, new Uint8Array(new Uint32Array(width * height).fill(colour).buffer), 0, bytes, 0);
    const pool = this.client.requestWith([fd], this.#shm, 'create_pool', bytes);
    return this.client.request(pool, 'create_buffer', 0, width, height, width * 4, enums.wl_shm.format.xrgb8888);
  }

  /** Its frame callback. */
  show(buffer: number, [x, y, width, height]: readonly number[] = [0, 0, 10_000, 10_000]): number {
    const { client, surface } = this;
    client.request(surface, 'attach', buffer, 0, 0);
    client.request(surface, 'damage_buffer', x ?? 0, y ?? 0, width ?? 0, height ?? 0);
    const callback = client.request(surface, 'frame');
    client.request(surface, 'commit');
    return callback;
  }

  close(): void {
    this.client.close();
    for (const fd of this.#fds) closeSync(fd);
  }
}

const pixels = () => rig.kernel.screen().picture?.pixels;
const happened = (window: Window, id: number, name: string) =>
  window.client.eventsOf(id).some(([event]) => event === name);

/** Refreshes until it holds, with turns between in which clients are heard. */
async function flipUntil(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await rig.kernel.flip();
  }
}

describe('a kiosk', () => {
  it('shows a client’s window full screen, gives its buffer back, and tells it when to draw next', async () => {
    const window = await Window.open();
    const [width, height] = window.ack();
    const { mode } = rig.head.info;
    assert.deepEqual([width, height], [mode.width, mode.height]);
    const buffer = window.buffer(width, height, 0x123456);
    const callback = window.show(buffer);
    await flipUntil(() => happened(window, callback, 'done'));
    assert.ok(pixels()?.every((pixel) => (pixel & 0xffffff) === 0x123456));
    assert.ok(happened(window, buffer, 'release'));
    assert.ok(
      window.client.events.findIndex(({ id, name }) => id === buffer && name === 'release') <
        window.client.events.findIndex(({ id, name }) => id === callback && name === 'done'),
      'the buffer is given back before the next frame is asked for',
    );
    assert.equal(kiosk.counts.bytesCopied, 2 * width * height * 4);
    window.close();
  });

  it('takes over only what the client says has changed, in every backbuffer', async () => {
    const window = await Window.open();
    const [width, height] = window.ack();
    for (const [index, colour] of [0x1111, 0x2222, 0x3333, 0x4444, 0x5555].entries()) {
      const at = index === 0 ? undefined : [index, 0, 1, 1];
      const callback = window.show(window.buffer(width, height, colour), at);
      await flipUntil(() => happened(window, callback, 'done'));
    }
    const shown = [...(pixels()?.subarray(0, 7) ?? [])].map((pixel) => pixel & 0xffff);
    assert.deepEqual(shown, [0x1111, 0x2222, 0x3333, 0x4444, 0x5555, 0x1111, 0x1111]);
    window.close();
  });

  it('puts a smaller picture in the middle, on black', async () => {
    const window = await Window.open();
    const [width, height] = window.ack();
    const callback = window.show(window.buffer(100, 50, 0xabcdef));
    await flipUntil(() => happened(window, callback, 'done'));
    const lit = [...(pixels() ?? [])].flatMap((pixel, at) => ((pixel & 0xffffff) === 0xabcdef ? [at] : []));
    assert.equal(lit.length, 100 * 50);
    assert.equal(lit[0], ((height - 50) / 2) * width + (width - 100) / 2);
    window.close();
  });

  it('goes on with the window before it when a client ends, and takes the next one', async () => {
    const [first, second] = [await Window.open(), await Window.open()];
    const [size] = [first.ack(), second.ack()];
    const colours = [0x10, 0x20].map((colour) => [colour, colour === 0x10 ? first : second] as const);
    for (const [colour, window] of colours) {
      const callback = window.show(window.buffer(...size, colour));
      await flipUntil(() => happened(window, callback, 'done'));
    }
    assert.equal((pixels()?.[0] ?? 0) & 0xff, 0x20);
    second.close();
    await flipUntil(() => ((pixels()?.[0] ?? 0) & 0xff) === 0x10);
    first.close();
    await flipUntil(() => ((pixels()?.[0] ?? 0) & 0xff) === 0);
  });

  it('tells a window the new size when the head changes its mode', async () => {
    const window = await Window.open();
    const [width, height] = window.ack();
    const callback = window.show(window.buffer(width, height, 1));
    await flipUntil(() => happened(window, callback, 'done'));
    window.client.events.length = 0;
    await rig.kernel.setModes([{ width: 320, height: 200 }]);
    await flipUntil(() => window.client.eventsOf(window.toplevel).length > 0);
    assert.deepEqual(window.ack(), [320, 200]);
    window.close();
  });
});

describe('a client that breaks a rule of xdg-shell is told which', () => {
  const { xdg_surface, xdg_wm_base, wl_surface } = enums;
  const rules: [what: string, code: number, breaks: (window: Window) => void][] = [
    [
      'a picture before the size was agreed on',
      xdg_surface.error.unconfigured_buffer,
      (window) => window.show(window.buffer(8, 8, 0)),
    ],
    [
      'an answer to nothing',
      xdg_surface.error.invalid_serial,
      ({ client, xdg }) => client.request(xdg, 'ack_configure', 4711),
    ],
    ['a window twice', xdg_surface.error.already_constructed, ({ client, xdg }) => client.request(xdg, 'get_toplevel')],
    [
      'a surface with two roles',
      xdg_wm_base.error.role,
      ({ client, surface }) => client.request(client.bind('xdg_wm_base'), 'get_xdg_surface', surface),
    ],
    [
      'a scale below 1',
      wl_surface.error.invalid_scale,
      ({ client, surface }) => client.request(surface, 'set_buffer_scale', 0),
    ],
    [
      'a transform that is none',
      wl_surface.error.invalid_transform,
      ({ client, surface }) => client.request(surface, 'set_buffer_transform', 8),
    ],
  ];
  for (const [what, code, breaks] of rules)
    it(what, async () => {
      const window = await Window.open();
      breaks(window);
      await window.client.end();
      assert.equal(window.client.error?.code, code, window.client.error?.text);
      window.close();
      const next = await Window.open();
      assert.equal(next.client.gone, false);
      next.close();
    });
});
