/** A head that is turned or scaled, what clients are told of it, and buffers of one colour; on a fake display. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { enums } from '../../src/wayland/index.js';
import type { KioskOptions } from '../../src/kiosk/index.js';
import { device } from '../support/seat-rig.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';

let rig: KioskRig;
let window: Window;

async function open(options: KioskOptions): Promise<[width: number, height: number]> {
  rig = await KioskRig.open(options);
  window = await rig.open();
  return window.ack();
}

afterEach(async () => {
  window.close();
  await rig.close();
});

const mode = () => rig.head.info.mode;
const pixel = (x: number, y: number) => (rig.pixels()?.[y * mode().width + x] ?? 0) & 0xffffff;
const told = (id: number, name: string) =>
  window.client
    .eventsOf(id)
    .findLast(([event]) => event === name)
    ?.slice(1);

async function shown(buffer: number): Promise<void> {
  const callback = window.show(buffer);
  await rig.flipUntil(() => told(callback, 'done') !== undefined);
}

describe('a head that is turned', () => {
  it('has its sides changed for clients, which it draws turned, and touches land where they are seen', async () => {
    const [width, height] = await open({ transform: enums.wl_output.transform['90'] });
    assert.deepEqual([width, height], [mode().height, mode().width]);
    const output = window.client.bind('wl_output');
    rig.kiosk.input({ kind: 'device', added: true, device });
    const touch = window.client.request(window.client.bind('wl_seat'), 'get_touch');
    await window.client.roundtrip();
    assert.equal(told(output, 'geometry')?.at(-1), enums.wl_output.transform['90']);
    await shown(window.buffer(width, height, (x, y) => (x < 10 && y < 20 ? 0xff0000 : 0x0000ff)));
    // The upper left of what is seen is the lower left of the display as it is built.
    const [, bottom] = [0, mode().height - 1];
    assert.deepEqual(
      [pixel(0, bottom), pixel(19, bottom - 9), pixel(20, bottom), pixel(0, bottom - 10)],
      [0xff0000, 0xff0000, 0x0000ff, 0x0000ff],
    );
    assert.equal(rig.kiosk.counts.drawn['the head is turned'], 1);
    rig.kiosk.input({ kind: 'touch-down', device, timeUs: 0, slot: 0, x: 0, y: 1 - 4 / mode().height });
    await window.client.roundtrip();
    const [, , , , x, y] = told(touch, 'down') as number[];
    assert.deepEqual([Math.round(x ?? -1), Math.round(y ?? -1)], [4, 0]);
  });

  it('shows a client that has turned its buffer itself pixel by pixel', async () => {
    await open({ transform: 1 });
    window.client.request(window.surface, 'set_buffer_transform', 1);
    const { width, height } = mode();
    await shown(window.buffer(width, height, (x, y) => (x * 7 + y * 13) & 0xffffff));
    assert.deepEqual(
      [pixel(3, 5), pixel(width - 1, height - 1)],
      [3 * 7 + 5 * 13, (width - 1) * 7 + (height - 1) * 13],
    );
  });
});

describe('a head that is scaled', () => {
  it('is smaller for clients, who are told by which factor; a buffer of its own pixels is drawn as it is', async () => {
    const [width, height] = await open({ scale: 1.5 });
    const { client } = window;
    assert.deepEqual([mode().width, mode().height, width, height], [640, 480, 427, 320]);
    const fraction = client.request(
      client.bind('wp_fractional_scale_manager_v1'),
      'get_fractional_scale',
      window.surface,
    );
    const output = client.bind('wl_output');
    const place = client.request(client.bind('zxdg_output_manager_v1'), 'get_xdg_output', output);
    await client.roundtrip();
    assert.deepEqual(told(fraction, 'preferred_scale'), [180]);
    assert.deepEqual(told(place, 'logical_size'), [width, height]);
    assert.deepEqual([told(output, 'scale'), told(output, 'done')], [[2], []]);
    assert.equal(told(place, 'done'), undefined, 'wl_output says it');
    const viewport = client.request(client.bind('wp_viewporter'), 'get_viewport', window.surface);
    client.request(viewport, 'set_destination', width, height);
    await shown(window.buffer(mode().width, mode().height, (x) => (x % 2 === 0 ? 0xffffff : 0)));
    assert.deepEqual([pixel(100, 100), pixel(101, 100)], [0xffffff, 0]);
  });
});

describe('a buffer of one colour', () => {
  it('fills what a viewport makes of it', async () => {
    const size = await open({});
    const { client } = window;
    const viewport = client.request(client.bind('wp_viewporter'), 'get_viewport', window.surface);
    client.request(viewport, 'set_destination', ...size);
    const [red, half] = [0xffffffff, 0x80000000];
    const manager = client.bind('wp_single_pixel_buffer_manager_v1');
    await shown(client.request(manager, 'create_u32_rgba_buffer', red, half, 0, red));
    assert.equal(
      rig.pixels()?.every((each) => (each & 0xffffff) === 0xff8000),
      true,
    );
  });
});
