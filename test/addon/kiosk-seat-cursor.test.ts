/** The seat's cursor on the real libwayland: who may choose it, and what is shown. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { CursorImage, CursorSink } from '../../src/kiosk/seat/index.js';
import { arrow } from '../../src/kiosk/seat/arrow.js';
import { CursorTheme } from '../../src/kiosk/seat/cursor-theme.js';
import { HeadCursorSink } from '../../src/kiosk/seat/index.js';
import { enums } from '../../src/wayland/index.js';
import { closeAll, HeadOnFake } from '../support/fake-head.js';
import { heard, paint, SeatRig } from '../support/seat-rig.js';
import type { WireClient } from '../support/wayland-client.js';

class FakeSink implements CursorSink {
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

const theme = new CursorTheme({ XCURSOR_PATH: '/nowhere' });
const white = 0xffffffff;
let rig: SeatRig;
let sink: FakeSink;
/** What is shown; a function, for the compiler thinks that an assertion lasts. */
const shown = () => sink.image;
let client: WireClient;
let pointer: number;

beforeEach(async () => {
  sink = new FakeSink();
  rig = new SeatRig({ cursor: { sink, theme } });
  rig.plug(true);
  client = await rig.connect();
  pointer = client.request(client.bind('wl_seat'), 'get_pointer');
});

afterEach(() => {
  rig.close();
  assert.deepEqual(rig.faults, []);
});

const newSurface = (of: WireClient) => of.request(of.bind('wl_compositor'), 'create_surface');

const errorOf = ({ error }: WireClient) => error && `${error.object}: ${error.code}`;

/** The pointer goes to a new surface of the client at x, and its client gets this serial. */
async function entered(of: WireClient = client, by = pointer, x = 0): Promise<number> {
  await rig.place(of, x, 0, 100, 100);
  rig.flip();
  rig.point(x + 50, 50);
  const [enter] = (await heard(of, by)).filter(([name]) => name === 'enter');
  return enter?.[1] as number;
}

describe('wl_pointer.set_cursor', () => {
  it('shows the client’s surface, with its hotspot, and what it commits later', async () => {
    const serial = await entered();
    assert.equal(shown(), arrow);
    const cursor = newSurface(client);
    client.request(pointer, 'set_cursor', serial, cursor, 3, 4);
    await client.roundtrip();
    assert.equal(shown(), undefined, 'the surface shows nothing yet');
    paint(client, cursor, 16, 8, white);
    await client.roundtrip();
    const { width, height, hotX, hotY, pixels } = shown()!;
    assert.deepEqual([width, height, hotX, hotY, pixels[127]], [16, 8, 3, 4, white]);
    paint(client, cursor, 16, 8, 0x80000000);
    client.request(pointer, 'set_cursor', 0, cursor, 5, 6);
    await client.roundtrip();
    assert.deepEqual([shown()?.pixels[0], shown()?.hotX, shown()?.hotY], [0x80000000, 5, 6]);
  });

  it('halves a picture of scale 2', async () => {
    const serial = await entered();
    const cursor = newSurface(client);
    client.request(cursor, 'set_buffer_scale', 2);
    client.request(pointer, 'set_cursor', serial, cursor, 7, 7);
    paint(client, cursor, 32, 32, white);
    await client.roundtrip();
    assert.deepEqual([shown()?.width, shown()?.hotX, shown()?.pixels[255]], [16, 7, white]);
  });

  it('hides it for no surface, and when the surface goes', async () => {
    const serial = await entered();
    client.request(pointer, 'set_cursor', serial, null, 0, 0);
    await client.roundtrip();
    assert.equal(shown(), undefined);
    const cursor = newSurface(client);
    client.request(pointer, 'set_cursor', serial, cursor, 0, 0);
    paint(client, cursor, 8, 8, white);
    await client.roundtrip();
    assert.equal(shown()?.width, 8);
    client.request(cursor, 'destroy');
    await client.roundtrip();
    assert.equal(shown(), undefined);
  });

  it('is ignored with a serial that was not given, or before the latest enter, and by who has not the pointer', async () => {
    const old = await entered();
    const latest = await entered(client, pointer, 200);
    const stranger = await rig.connect();
    const theirs = stranger.request(stranger.bind('wl_seat'), 'get_pointer');
    for (const serial of [0, old, latest + 1, 0xffffffff]) client.request(pointer, 'set_cursor', serial, null, 0, 0);
    for (const serial of [latest, 0]) stranger.request(theirs, 'set_cursor', serial, null, 0, 0);
    await client.roundtrip();
    await stranger.roundtrip();
    assert.equal(shown(), arrow);
    const later = await entered(stranger, theirs, 400);
    client.request(pointer, 'set_cursor', latest, null, 0, 0);
    await client.roundtrip();
    assert.equal(shown(), arrow);
    stranger.request(theirs, 'set_cursor', later, null, 0, 0);
    await stranger.roundtrip();
    assert.equal(shown(), undefined);
  });

  it('takes the serial of a later press, which some clients name', async () => {
    await entered();
    rig.press();
    const [button] = (await heard(client, pointer)).filter(([name]) => name === 'button');
    client.request(pointer, 'set_cursor', button?.[1] as number, null, 0, 0);
    await client.roundtrip();
    assert.equal(shown(), undefined);
  });

  it('is the plain one again for the next client', async () => {
    const serial = await entered();
    client.request(pointer, 'set_cursor', serial, null, 0, 0);
    await client.roundtrip();
    const stranger = await rig.connect();
    await entered(stranger, stranger.request(stranger.bind('wl_seat'), 'get_pointer'), 200);
    assert.equal(shown(), arrow);
  });

  it('refuses a surface with another role, and gives one', async () => {
    const serial = await entered();
    const cursor = newSurface(client);
    client.request(pointer, 'set_cursor', serial, cursor, 0, 0);
    client.request(client.request(client.bind('wl_seat'), 'get_pointer'), 'set_cursor', serial, cursor, 0, 0);
    await client.roundtrip();
    assert.equal(client.error, undefined);
    rig.surfaces.at(0)!.setRole({
      name: 'window',
      precommit: () => undefined,
      committed: () => undefined,
      surfaceGone: () => undefined,
    });
    client.request(pointer, 'set_cursor', serial, rig.surfaces.at(0)!.resource.id, 0, 0);
    await client.end();
    assert.equal(errorOf(client), `${pointer}: ${enums.wl_pointer.error.role}`);
  });

  it('answers its frame callbacks with the next flip', async () => {
    const serial = await entered();
    const cursor = newSurface(client);
    client.request(pointer, 'set_cursor', serial, cursor, 0, 0);
    const callback = client.request(cursor, 'frame');
    paint(client, cursor, 8, 8, white);
    await client.roundtrip();
    rig.flip();
    await client.roundtrip();
    assert.equal(client.eventsOf(callback)[0]?.[0], 'done');
  });
});

describe('wp_cursor_shape_v1', () => {
  const shapeDevice = (version = 2) =>
    client.request(client.bind('wp_cursor_shape_manager_v1', version), 'get_pointer', pointer);
  const { shape, error } = enums.wp_cursor_shape_device_v1;

  it('chooses a shape by the same rules', async () => {
    const serial = await entered();
    client.request(pointer, 'set_cursor', serial, null, 0, 0);
    const device = shapeDevice();
    client.request(device, 'set_shape', 0, shape.text);
    await client.roundtrip();
    assert.equal(shown(), undefined);
    client.request(device, 'set_shape', serial, shape.text);
    await client.roundtrip();
    assert.equal(shown(), arrow);
  });

  for (const [version, value] of [
    [2, 0],
    [2, 37],
    [2, 0xffffffff],
    [1, 35],
  ] as const)
    // oxfmt-ignore
    it(`refuses ${value} in version ${version}`, async () => {
      const device = shapeDevice(version);
      client.request(device, 'set_shape', 0, value);
      await client.end();
      assert.equal(errorOf(client), `${device}: ${error.invalid_shape}`);
    });
});

describe('the cursor', () => {
  it('follows the pointer once a refresh, is hidden by a finger, and shown by the next motion', async () => {
    await entered();
    rig.flip();
    rig.point(10, 20);
    rig.point(11, 21);
    rig.flip();
    assert.deepEqual(sink.at, [11, 21]);
    rig.touch('touch-down', 0, 1, 1);
    assert.equal(shown(), undefined);
    rig.point(12, 22);
    assert.equal(shown(), arrow);
    rig.clock.advance(3000);
    assert.equal(shown(), undefined);
  });
});

describe('a head’s cursor', () => {
  const geometry = () => ({ width: 800, height: 600, scale: 1, transform: 0 });
  afterEach(closeAll);

  it('shows the picture where it points, a larger one smaller', async () => {
    const { head, kernel } = await HeadOnFake.open();
    const onHead = new HeadCursorSink(head, geometry);
    onHead.move(100.7, 50.2);
    onHead.show(arrow);
    const cursor = () => kernel.screen().cursor;
    assert.deepEqual([cursor().x, cursor().y, cursor().pixels?.[0]], [100, 50, arrow.pixels[0]]);
    const large = { pixels: new Uint32Array(128 * 128).fill(white), width: 128, height: 128, hotX: 64, hotY: 10 };
    onHead.show(large);
    assert.ok(cursor().pixels?.every((pixel) => pixel === white));
    assert.deepEqual([cursor().x, cursor().y], [68, 45]);
    onHead.show({ ...arrow, hotX: -10, hotY: 100 });
    assert.deepEqual([cursor().x, cursor().y], [110, -50]);
    onHead.hide();
    assert.equal(cursor().pixels, undefined);
  });

  it('is turned and scaled with the head', async () => {
    const { head, kernel } = await HeadOnFake.open();
    const half = { ...geometry(), scale: 2, transform: enums.wl_output.transform['180'] };
    const onHead = new HeadCursorSink(head, () => half);
    onHead.show({ pixels: Uint32Array.of(1, 2, 3, 4), width: 2, height: 2, hotX: 0, hotY: 0 });
    onHead.move(100, 50);
    const { x, y, pixels } = kernel.screen().cursor;
    assert.deepEqual([pixels?.[0], pixels?.[1], pixels?.[64], pixels?.[65]], [4, 3, 2, 1]);
    // What points is its last pixel now, and the logical one of the head ends at 800 − 200.
    assert.deepEqual([x, y], [600 - 2 - 1, 500 - 2 - 1]);
  });

  it('tells why there is none, and the screen goes on', async () => {
    const { head } = await HeadOnFake.open();
    await head.close();
    const codes: string[] = [];
    const onHead = new HeadCursorSink(head, geometry, ({ code }) => codes.push(code));
    onHead.show(arrow);
    onHead.move(1, 1);
    onHead.hide();
    assert.deepEqual(codes, ['ERR_CLOSED']);
  });
});
