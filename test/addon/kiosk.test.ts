/** The kiosk on the real libwayland and a fake display: what a client commits comes to the screen. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Kiosk } from '../../src/kiosk/index.js';
import { enums } from '../../src/wayland/index.js';
import { device } from '../support/seat-rig.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';

let rig: KioskRig;
let kiosk: Kiosk;
const open = () => rig.open();
const flipUntil = (holds: () => boolean) => rig.flipUntil(holds);

beforeEach(async () => {
  rig = await KioskRig.open();
  ({ kiosk } = rig);
});

afterEach(() => rig.close());

const pixels = () => rig.pixels();
const happened = (window: Window, id: number, name: string) =>
  window.client.eventsOf(id).some(([event]) => event === name);

describe('a kiosk', () => {
  it('shows a client’s window full screen, gives its buffer back, and tells it when to draw next', async () => {
    const window = await open();
    const [width, height] = window.ack();
    const { mode } = rig.head.info;
    assert.deepEqual([width, height], [mode.width, mode.height]);
    const buffer = window.buffer(width, height, 0x123456);
    const callback = window.show(buffer);
    await flipUntil(() => happened(window, callback, 'done'));
    assert.ok(pixels()?.every((pixel) => (pixel & 0xffffff) === 0x123456));
    assert.equal(happened(window, buffer, 'release'), false, 'it is drawn from until there is another one');
    assert.equal(kiosk.counts.bytesCopied, width * height * 4);
    const next = window.show(window.buffer(width, height, 0x654321));
    await flipUntil(() => happened(window, next, 'done'));
    const at = (id: number, name: string) =>
      window.client.events.findIndex((event) => event.id === id && event.name === name);
    assert.ok(at(buffer, 'release') >= 0);
    assert.ok(at(buffer, 'release') < at(next, 'done'), 'it is given back before the next frame is asked for');
    window.close();
  });

  it('takes over only what the client says has changed, in every backbuffer', async () => {
    const window = await open();
    const [width, height] = window.ack();
    const colours = [0x1111, 0x2222, 0x3333, 0x4444, 0x5555, 0x6666];
    for (const index of colours.keys()) {
      const { bytesCopied } = kiosk.counts;
      const drawn = (x: number, y: number) => (y === 0 && x <= index ? colours[x] : colours[0]) ?? 0;
      const callback = window.show(window.buffer(width, height, drawn), index === 0 ? undefined : [index, 0, 1, 1]);
      await flipUntil(() => happened(window, callback, 'done'));
      // A backbuffer that was drawn four frames ago lacks what changed in three others.
      if (index >= 4) assert.equal(kiosk.counts.bytesCopied - bytesCopied, 4 * 4);
    }
    const shown = [...(pixels()?.subarray(0, 7) ?? [])].map((pixel) => pixel & 0xffff);
    assert.deepEqual(shown, [...colours, 0x1111]);
    window.close();
  });

  it('puts a smaller picture in the middle, on black', async () => {
    const window = await open();
    const [width, height] = window.ack();
    const callback = window.show(window.buffer(100, 50, 0xabcdef));
    await flipUntil(() => happened(window, callback, 'done'));
    const lit = [...(pixels() ?? [])].flatMap((pixel, at) => ((pixel & 0xffffff) === 0xabcdef ? [at] : []));
    assert.equal(lit.length, 100 * 50);
    assert.equal(lit[0], ((height - 50) / 2) * width + (width - 100) / 2);
    window.close();
  });

  it('goes on with the window before it when a client ends, and takes the next one', async () => {
    const [first, second] = [await open(), await open()];
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
    const window = await open();
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

describe('a kiosk’s input', () => {
  it('goes to the window that is shown, where it is on the head', async () => {
    kiosk.input({ kind: 'device', added: true, device });
    const window = await open();
    window.ack();
    const seat = window.client.bind('wl_seat');
    const [pointer, keyboard] = [
      window.client.request(seat, 'get_pointer'),
      window.client.request(seat, 'get_keyboard'),
    ];
    const callback = window.show(window.buffer(100, 50, 0xabcdef));
    await flipUntil(() => happened(window, callback, 'done'));
    const { width, height } = rig.head.info.mode;
    const at = { x: ((width - 100) / 2 + 10) / width, y: ((height - 50) / 2 + 20) / height };
    kiosk.input({ kind: 'motion', device, timeUs: 0, ...at });
    kiosk.input({ kind: 'button', device, timeUs: 0, button: 0x110, pressed: true });
    kiosk.input({ kind: 'key', device, timeUs: 0, key: 30, pressed: true });
    await window.client.roundtrip();
    const [enter] = window.client.eventsOf(pointer);
    assert.deepEqual(enter?.slice(2), [window.surface, 10, 20]);
    assert.ok(happened(window, pointer, 'button'));
    const names = window.client.eventsOf(keyboard).map(([name]) => name);
    assert.deepEqual(names, ['keymap', 'repeat_info', 'enter', 'modifiers', 'key']);
    window.close();
  });
});

describe('a kiosk’s cursor', () => {
  it('is on the hardware’s plane, and nothing else is drawn for it', async () => {
    kiosk.input({ kind: 'device', added: true, device });
    const window = await open();
    const { client } = window;
    const [width, height] = window.ack();
    const pointer = client.request(client.bind('wl_seat'), 'get_pointer');
    const callback = window.show(window.buffer(width, height, 0x111111));
    await flipUntil(() => happened(window, callback, 'done'));
    kiosk.input({ kind: 'motion', device, timeUs: 0, x: 10 / width, y: 5 / height });
    await client.roundtrip();
    const [, serial] = client.eventsOf(pointer).find(([name]) => name === 'enter') ?? [];
    const cursor = client.request(client.bind('wl_compositor'), 'create_surface');
    client.request(pointer, 'set_cursor', serial as number, cursor, 1, 2);
    const { shown } = kiosk.counts;
    client.request(cursor, 'attach', window.buffer(2, 2, 0xff123456, true), 0, 0);
    const drawn = client.request(cursor, 'frame');
    client.request(cursor, 'commit');
    await flipUntil(() => happened(window, drawn, 'done'));
    const { x, y, pixels: seen } = rig.kernel.screen().cursor;
    assert.deepEqual([x, y, seen?.[0], seen?.[65], seen?.[66]], [9, 3, 0xff123456, 0xff123456, 0]);
    assert.equal(kiosk.counts.shown, shown);
    window.close();
  });
});

describe('a kiosk’s drag', () => {
  it('has its surface on the screen, above the window, which hears of the drag all the same', async () => {
    kiosk.input({ kind: 'device', added: true, device });
    const window = await open();
    const { client, surface } = window;
    const [width, height] = window.ack();
    const [seat, manager] = [client.bind('wl_seat'), client.bind('wl_data_device_manager')];
    const [pointer, data] = [client.request(seat, 'get_pointer'), client.request(manager, 'get_data_device', seat)];
    const callback = window.show(window.buffer(width, height, 0x111111));
    await flipUntil(() => happened(window, callback, 'done'));
    kiosk.input({ kind: 'motion', device, timeUs: 0, x: 0, y: 0 });
    kiosk.input({ kind: 'button', device, timeUs: 0, button: 0x110, pressed: true });
    await client.roundtrip();
    const [, serial] = client.eventsOf(pointer).find(([name]) => name === 'button') ?? [];
    const icon = client.request(client.bind('wl_compositor'), 'create_surface');
    client.request(icon, 'attach', window.buffer(2, 2, 0xabcdef), 0, 0);
    client.request(data, 'start_drag', null, surface, icon, serial as number);
    client.request(icon, 'commit');
    const pixelAt = (x: number, y: number) => (pixels()?.[y * width + x] ?? 0) & 0xffffff;
    await flipUntil(() => pixelAt(1, 1) === 0xabcdef);
    kiosk.input({ kind: 'motion', device, timeUs: 1000, x: 10 / width, y: 5 / height });
    await flipUntil(() => pixelAt(11, 6) === 0xabcdef && pixelAt(1, 1) === 0x111111);
    await client.roundtrip();
    assert.deepEqual(client.eventsOf(data).at(-1), ['motion', 1, 10, 5]);
    kiosk.input({ kind: 'button', device, timeUs: 2000, button: 0x110, pressed: false });
    await flipUntil(() => pixelAt(11, 6) === 0x111111);
    window.close();
  });
});

describe('a client that breaks a rule of xdg-shell is told which', () => {
  const { xdg_surface, xdg_wm_base, wl_surface } = enums;
  const rules: [what: string, code: number, breaks: (window: Window) => void][] = [
    [
      'a picture before the size was told',
      xdg_surface.error.unconfigured_buffer,
      (window) => {
        const { client } = window;
        const surface = client.request(client.bind('wl_compositor'), 'create_surface');
        client.request(client.request(client.bind('xdg_wm_base'), 'get_xdg_surface', surface), 'get_toplevel');
        client.request(surface, 'attach', window.buffer(8, 8, 0), 0, 0);
        client.request(surface, 'commit');
      },
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
      const window = await open();
      breaks(window);
      await window.client.end();
      assert.equal(window.client.error?.code, code, window.client.error?.text);
      window.close();
      const next = await open();
      assert.equal(next.client.gone, false);
      next.close();
    });
});
