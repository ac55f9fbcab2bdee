/** A kiosk with two heads: which one a client's window is shown on, and what it hears of it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { KioskOptions } from '../../src/kiosk/index.js';
import { device } from '../support/seat-rig.js';
import { KioskRig, Window } from './support/kiosk-rig.js';

const [left, right] = [
  { width: 64, height: 48 },
  { width: 128, height: 32 },
];
const [first, second] = ['Virtual-1', 'Virtual-2'];

let rig: KioskRig;
const windows: Window[] = [];

async function begin(options: KioskOptions = {}): Promise<void> {
  rig = await KioskRig.open(options, [left, right]);
}

async function open(path = rig.path): Promise<Window> {
  const window = await Window.open(path);
  windows.push(window);
  return window;
}

const fill = (...given: Parameters<KioskRig['fill']>) => rig.fill(...given);
const names = (window: Window, id: number) => window.client.eventsOf(id).map(([name]) => name);
const colourOf = (connector: string) => {
  const pixels = [...(rig.pixels(connector) ?? [])].map((pixel) => pixel & 0xffffff);
  return new Set(pixels).size === 1 ? pixels[0] : undefined;
};

afterEach(async () => {
  for (const window of windows.splice(0)) window.close();
  await rig.close();
});

describe('a kiosk with two heads', () => {
  beforeEach(() => begin());

  it('offers an output for each, beside each other', async () => {
    const { client } = await open();
    const outputs = client.bindOutputs();
    const manager = client.bind('zxdg_output_manager_v1');
    const places = outputs.map((output) => client.request(manager, 'get_xdg_output', output));
    await client.roundtrip();
    const said = (id: number, name: string) =>
      client
        .eventsOf(id)
        .findLast(([event]) => event === name)
        ?.slice(1);
    assert.deepEqual(
      outputs.map((output) => said(output, 'name')),
      [[first], [second]],
    );
    assert.deepEqual(
      outputs.map((output) => said(output, 'geometry')?.slice(0, 2)),
      [
        [0, 0],
        [64, 0],
      ],
    );
    assert.deepEqual(
      places.map((place) => [said(place, 'logical_position'), said(place, 'logical_size')]),
      [
        [
          [0, 0],
          [64, 48],
        ],
        [
          [64, 0],
          [128, 32],
        ],
      ],
    );
  });

  it('tells clients that one has moved, when the one beside it has another mode', async () => {
    const { client } = await open();
    const [, output = 0] = client.bindOutputs();
    const place = client.request(client.bind('zxdg_output_manager_v1'), 'get_xdg_output', output);
    await client.roundtrip();
    client.events.length = 0;
    await rig.kernel.setModes([{ width: 128, height: 48 }], first);
    await rig.flipUntil(() => client.eventsOf(place).length > 0);
    assert.deepEqual(client.eventsOf(place)[0], ['logical_position', 128, 0]);
    assert.deepEqual(client.eventsOf(output)[0]?.slice(0, 3), ['geometry', 128, 0]);
    assert.equal(client.eventsOf(output).at(-1)?.[0], 'done');
  });

  it('shows a client on the head of the socket at which it has connected, and draws nothing on the other', async () => {
    const [one, other] = [await open(), await open(rig.listen(second))];
    const sizes = [one.ack(), other.ack()] as const;
    assert.deepEqual(sizes, [
      [64, 48],
      [128, 32],
    ]);
    await fill(one, 0x111111, sizes[0]);
    await fill(other, 0x222222, sizes[1]);
    assert.deepEqual([colourOf(first), colourOf(second)], [0x111111, 0x222222]);
    const [shownLeft, shownRight] = rig.kiosk.heads.map(({ counts }) => counts.shown) as [number, number];
    await fill(other, 0x333333, sizes[1]);
    const counts = rig.kiosk.heads.map(({ counts }) => counts.shown);
    assert.deepEqual(counts, [shownLeft, shownRight + 1]);
  });

  it('tells a surface which output it is seen on, and its feedback which one has shown it', async () => {
    const window = await open(rig.listen(second));
    const { client, surface } = window;
    const [, output = 0] = client.bindOutputs();
    const feedback = client.request(client.bind('wp_presentation'), 'feedback', surface);
    await fill(window, 0x222222);
    await client.roundtrip();
    assert.deepEqual(
      client.eventsOf(surface).filter(([name]) => name === 'enter'),
      [['enter', output]],
    );
    assert.deepEqual(client.eventsOf(feedback)[0], ['sync_output', output]);
  });

  it('moves a window to the head that its client asks to fill', async () => {
    const window = await open();
    await fill(window, 0x111111);
    const { client, toplevel, surface } = window;
    const [before = 0, output = 0] = client.bindOutputs();
    client.request(toplevel, 'set_fullscreen', output);
    await client.roundtrip();
    const size = window.ack();
    assert.deepEqual(size, [128, 32]);
    await fill(window, 0x222222, size);
    assert.deepEqual([colourOf(first), colourOf(second)], [0, 0x222222]);
    const seen = client.eventsOf(surface).filter(([name]) => name === 'enter' || name === 'leave');
    assert.deepEqual(seen.slice(-2).sort(), [
      ['enter', output],
      ['leave', before],
    ]);
  });

  it('keeps a dialog and a popup on the head of their window', async () => {
    const window = await open(rig.listen(second));
    await fill(window, 0x222222);
    const { client, toplevel, xdg } = window;
    const dialog = await addDialog(window, toplevel);
    const callback = window.showOn(dialog.surface, window.buffer(10, 10, 0xabcdef));
    await rig.flipUntil(() => names(window, callback).includes('done'));
    assert.equal(rig.pixelAt(64, 16, second), 0xabcdef, 'in the middle of the second head');
    const base = client.bind('xdg_wm_base');
    const positioner = client.request(base, 'create_positioner');
    client.request(positioner, 'set_size', 20, 20);
    client.request(positioner, 'set_anchor_rect', 122, 0, 1, 1);
    client.request(positioner, 'set_anchor', 8); // its lower right
    client.request(positioner, 'set_gravity', 8);
    client.request(positioner, 'set_constraint_adjustment', 3); // it slides
    const popupSurface = client.request(client.bind('wl_compositor'), 'create_surface');
    const popupXdg = client.request(base, 'get_xdg_surface', popupSurface);
    const popup = client.request(popupXdg, 'get_popup', xdg, positioner);
    client.request(popupSurface, 'commit');
    await client.roundtrip();
    assert.deepEqual(client.eventsOf(popup).at(-1), ['configure', 108, 1, 20, 20]);
  });

  it('leaves the keyboard where it is, until a window of the other head is pressed', async () => {
    rig.kiosk.input({ kind: 'device', added: true, device });
    const one = await open();
    await fill(one, 0x111111);
    const other = await open(rig.listen(second));
    await fill(other, 0x222222);
    assert.equal(rig.kiosk.active?.client, rig.kiosk.windows[0]?.client);
    const at = { ...device, connector: second };
    rig.kiosk.input({ kind: 'motion', device: at, timeUs: 0, x: 0.5, y: 0.5 });
    rig.kiosk.input({ kind: 'button', device: at, timeUs: 0, button: 0x110, pressed: true });
    assert.equal(rig.kiosk.active?.client, rig.kiosk.windows[1]?.client);
  });

  it('refuses a socket for a head that it does not have', () => {
    assert.throws(() => rig.listen('HDMI-A-1'), { code: 'ERR_USAGE', advice: /Virtual-2/ });
  });
});

describe('the pointer of two heads', () => {
  const pointers: number[] = [];
  beforeEach(async () => {
    pointers.length = 0;
    await begin({ cursor: { mode: 'always' } });
    rig.kiosk.input({ kind: 'device', added: true, device });
    for (const path of [rig.path, rig.listen(second)]) {
      const window = await open(path);
      const { client } = window;
      pointers.push(client.request(client.bind('wl_seat'), 'get_pointer'));
      await fill(window, 0x111111);
    }
  });
  const relative = (dx: number, dy: number) => {
    const unaccelerated = { dxUnaccelerated: dx, dyUnaccelerated: dy };
    rig.kiosk.input({ kind: 'relative', device, timeUs: 0, dx, dy, ...unaccelerated });
    rig.kiosk.refresh();
  };
  const heard = async (index: number) => {
    await windows[index]?.client.roundtrip();
    const events = windows[index]?.client.eventsOf(pointers[index] ?? 0) ?? [];
    return events.filter(([name]) => name === 'enter' || name === 'leave').map(([name, , , x, y]) => [name, x, y]);
  };

  it('crosses from one to the next, and its picture with it', async () => {
    relative(1, 0); // from the middle of the first
    relative(51, -14);
    assert.deepEqual(await heard(0), [
      ['enter', 33, 24],
      ['leave', undefined, undefined],
    ]);
    assert.deepEqual(await heard(1), [['enter', 20, 10]]);
    assert.deepEqual(
      [first, second].map((name) => rig.kernel.screen(name).cursor.pixels !== undefined),
      [false, true],
    );
    relative(-60, 0);
    assert.deepEqual((await heard(0)).at(-1), ['enter', 24, 10]);
  });

  it('stays where a head is: the second is less high than the first', async () => {
    relative(50, 20);
    const [, x, y] = (await heard(1)).at(-1) ?? [];
    assert.deepEqual([x, Math.round(y as number)], [18, 32]);
  });

  it('is where a tablet of the second head has it', async () => {
    const tablet = { ...device, connector: second };
    rig.kiosk.input({ kind: 'motion', device: tablet, timeUs: 0, x: 0.25, y: 0.5 });
    rig.kiosk.refresh();
    assert.deepEqual(await heard(1), [['enter', 32, 16]]);
  });
});

describe('an app_id that is given a head', () => {
  it('has its windows there, also those of clients that name it late', async () => {
    await begin({ appIds: { 'org.sign': second } });
    const window = await open();
    assert.deepEqual(window.ack(), [64, 48]);
    window.client.request(window.toplevel, 'set_app_id', 'org.sign');
    await window.client.roundtrip();
    const size = window.ack();
    assert.deepEqual(size, [128, 32]);
    await fill(window, 0x222222, size);
    assert.equal(colourOf(second), 0x222222);
  });
});

describe('a head that is unplugged', () => {
  it('keeps its windows, which go on slowly, and shows them again when it is back', async () => {
    await begin();
    const window = await open(rig.listen(second));
    await fill(window, 0x222222);
    const { client, surface } = window;
    client.events.length = 0;
    await rig.kernel.setModes([], second);
    const callback = window.show(window.buffer(128, 32, 0x333333));
    await client.roundtrip();
    while (!names(window, callback).includes('done')) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await client.roundtrip();
    }
    assert.deepEqual(names(window, surface), [], 'it is on its output still');
    await rig.kernel.setModes([right], second);
    await rig.flipUntil(() => colourOf(second) === 0x333333);
  });
});

async function addDialog({ client }: Window, parent: number): Promise<{ readonly surface: number }> {
  const surface = client.request(client.bind('wl_compositor'), 'create_surface');
  const xdg = client.request(client.bind('xdg_wm_base'), 'get_xdg_surface', surface);
  const toplevel = client.request(xdg, 'get_toplevel');
  client.request(toplevel, 'set_parent', parent);
  client.request(surface, 'commit');
  await client.roundtrip();
  const [, serial] = client.eventsOf(xdg).at(-1) ?? [];
  client.request(xdg, 'ack_configure', serial as number);
  return { surface };
}
