/** Windows, dialogs and popups of xdg-shell on the real libwayland and a fake display. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { InputDevice } from '../../src/input/index.js';
import { enums } from '../../src/wayland/index.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';
import { Popup, statesOf, windowOn } from './support/shell-client.js';

const device = {
  node: '/dev/input/event0',
  name: 'made up',
  pointer: true,
  keyboard: true,
  touch: true,
  absolute: true,
};
const head = { width: 640, height: 480 };
const { anchor, constraint_adjustment: adjust } = enums.xdg_positioner;

let rig: KioskRig;
let window: Window;

beforeEach(async () => {
  rig = await KioskRig.open();
  rig.kiosk.input({ kind: 'device', added: true, device: device as unknown as InputDevice });
  window = await opened(0x111111);
});

afterEach(() => rig.close());

/** A client whose window fills the head in one colour. */
async function opened(colour: number): Promise<Window> {
  const window = await rig.open();
  const size = window.ack();
  await shown(window, window.show(window.buffer(...size, colour)));
  return window;
}

async function shown({ client }: Window, callback: number): Promise<void> {
  await rig.flipUntil(() => client.eventsOf(callback).length > 0);
}

const colourAt = (x: number, y: number) => (rig.pixels()?.[y * head.width + x] ?? 0) & 0xffffff;

/** The serial of a press at a place of the head. */
async function press(x: number, y: number): Promise<void> {
  const stamp = { device: device as unknown as InputDevice, timeUs: 1 };
  rig.kiosk.input({ ...stamp, kind: 'motion', x: x / head.width, y: y / head.height });
  for (const pressed of [true, false]) rig.kiosk.input({ ...stamp, kind: 'button', button: 0x110, pressed });
  await window.client.roundtrip();
}

/** The serial of a click into the window, for which a popup may grab. */
async function click(): Promise<number> {
  const { client } = window;
  const pointer = client.request(client.bind('wl_seat'), 'get_pointer');
  await client.roundtrip();
  await press(1, 1);
  return client.eventsOf(pointer).findLast(([name]) => name === 'button')?.[1] as number;
}

describe('a popup', () => {
  it('is shown where its positioner puts it, and gone with it', async () => {
    const popup = new Popup(window, window.xdg, { rect: [100, 50, 20, 10], anchor: anchor.bottom_left });
    await popup.told();
    assert.deepEqual(popup.place(), [100, 60, 40, 30]);
    await shown(window, popup.show(0x333333));
    assert.deepEqual([colourAt(100, 60), colourAt(139, 89), colourAt(99, 60)], [0x333333, 0x333333, 0x111111]);
    popup.destroy();
    await rig.flipUntil(() => colourAt(100, 60) === 0x111111);
  });

  it('is kept inside of the head', async () => {
    const adjustment = adjust.slide_x | adjust.flip_y;
    const popup = new Popup(window, window.xdg, { rect: [630, 470, 5, 5], anchor: anchor.bottom_left, adjustment });
    await popup.told();
    assert.deepEqual(popup.place(), [640 - 40, 470 - 30, 40, 30]);
  });

  it('stands on another, and is placed relative to its window geometry', async () => {
    const below = new Popup(window, window.xdg, { rect: [100, 50, 20, 10], anchor: anchor.bottom_left });
    await below.told();
    window.client.request(below.xdg, 'set_window_geometry', 5, 5, 30, 20);
    await shown(window, below.show(0x333333));
    assert.equal(colourAt(95, 55), 0x333333, 'its shadow is outside of its geometry');
    const above = new Popup(window, below.xdg, { rect: [0, 0, 30, 20], anchor: anchor.bottom_right });
    await above.told();
    await shown(window, above.show(0x444444));
    assert.equal(colourAt(100 + 30, 60 + 20), 0x444444);
    assert.notEqual(colourAt(100 + 29, 60 + 19), 0x444444);
  });

  it('is placed anew when it asks, and moves when it has agreed', async () => {
    const popup = new Popup(window, window.xdg, { rect: [100, 50, 20, 10], anchor: anchor.bottom_left });
    await popup.told();
    await shown(window, popup.show(0x333333));
    const { client } = window;
    client.request(popup.popup, 'reposition', popup.positioner([10, 10, 5, 5], anchor.bottom_right), 4711);
    await client.roundtrip();
    const events = client.eventsOf(popup.popup).slice(-2);
    assert.deepEqual(events, [
      ['repositioned', 4711],
      ['configure', 15, 15, 40, 30],
    ]);
    assert.equal(colourAt(100, 60), 0x333333);
    popup.ack();
    await rig.flipUntil(() => colourAt(15, 15) === 0x333333 && colourAt(100, 60) === 0x111111);
  });

  it('that is reactive hears of a head that has become smaller', async () => {
    const options = { rect: [600, 400, 5, 5], anchor: anchor.bottom_left, adjustment: 63, reactive: true } as const;
    const popup = new Popup(window, window.xdg, options);
    await popup.told();
    await shown(window, popup.show(0x333333));
    await rig.kernel.setModes([{ width: 320, height: 240 }]);
    await rig.flipUntil(() => window.client.eventsOf(popup.popup).length > 1);
    assert.deepEqual(popup.place().slice(0, 2), [320 - 40, 240 - 30]);
  });

  it('goes when its window is hidden', async () => {
    const popup = new Popup(window, window.xdg, { rect: [0, 0, 5, 5], anchor: anchor.bottom_left });
    await popup.told();
    await shown(window, popup.show(0x333333));
    window.show(0);
    await window.client.roundtrip();
    assert.equal(window.client.eventsOf(popup.popup).at(-1)?.[0], 'popup_done');
  });
});

describe('popups with a grab', () => {
  const rect = [100, 50, 20, 10] as const;
  const open = async (parent: number, grab: number) => {
    const popup = new Popup(window, parent, { rect, anchor: anchor.bottom_right, grab });
    await popup.told();
    await shown(window, popup.show(0x333333));
    return popup;
  };
  const done = ({ popup }: Popup) => window.client.eventsOf(popup).some(([name]) => name === 'popup_done');

  it('end, the topmost first, when another client’s window comes', async () => {
    const first = await open(window.xdg, await click());
    const second = await open(first.xdg, 0);
    assert.equal(done(first) || done(second), false);
    const other = await opened(0x222222);
    await window.client.roundtrip();
    const order = window.client.events.filter(({ name }) => name === 'popup_done').map(({ id }) => id);
    assert.deepEqual(order, [second.popup, first.popup]);
    other.close();
  });

  it('are dismissed at once where the user has done nothing', async () => {
    const popup = new Popup(window, window.xdg, { rect, anchor: anchor.bottom_right, grab: 4711 });
    await window.client.roundtrip();
    assert.ok(done(popup));
  });

  it('have the keyboard', async () => {
    const { client } = window;
    const keyboard = client.request(client.bind('wl_seat'), 'get_keyboard');
    const popup = await open(window.xdg, await click());
    await rig.flipUntil(() =>
      client.eventsOf(keyboard).some((event) => event[0] === 'enter' && event[2] === popup.surface),
    );
    popup.destroy();
    await rig.flipUntil(() => client.eventsOf(keyboard).findLast(([name]) => name === 'enter')?.[2] === window.surface);
  });

  it('stay when another surface of their client is pressed', async () => {
    const popup = await open(window.xdg, await click());
    await press(500, 400);
    assert.equal(done(popup), false);
  });
});

describe('a dialog', () => {
  it('is as large as it likes, in the middle of its window and above it, and has the keyboard', async () => {
    const dialog = windowOn(window);
    window.client.request(dialog.toplevel, 'set_parent', window.toplevel);
    window.client.request(dialog.surface, 'commit');
    await window.client.roundtrip();
    assert.deepEqual(dialog.size(), [0, 0]);
    dialog.ack();
    await shown(window, dialog.show(100, 60, 0x555555));
    assert.deepEqual([colourAt(270, 210), colourAt(369, 269)], [0x555555, 0x555555]);
    assert.deepEqual([colourAt(269, 210), colourAt(370, 269)], [0x111111, 0x111111]);
    const { activated, fullscreen } = enums.xdg_toplevel.state;
    await window.client.roundtrip();
    assert.deepEqual(statesOf(window.client, dialog.toplevel), [activated]);
    assert.deepEqual(statesOf(window.client, window.toplevel), [fullscreen]);
  });

  it('goes to its parent’s parent when that goes', async () => {
    const [middle, top] = [windowOn(window), windowOn(window)];
    const { client } = window;
    for (const [dialog, parent, colour] of [[middle, window, 0x555555] as const, [top, middle, 0x666666] as const]) {
      client.request(dialog.toplevel, 'set_parent', parent.toplevel);
      client.request(dialog.surface, 'commit');
      await client.roundtrip();
      dialog.ack();
      await shown(window, dialog.show(100, 60, colour));
    }
    middle.hide();
    client.request(window.toplevel, 'set_parent', top.toplevel);
    await client.end();
    assert.equal(client.error?.code, enums.xdg_toplevel.error.invalid_parent, 'it is still below the first window');
  });
});

describe('a window', () => {
  it('that is hidden is told so, and is the newest when it is shown again', async () => {
    const { fullscreen, activated, suspended } = enums.xdg_toplevel.state;
    const other = await opened(0x222222);
    await window.client.roundtrip();
    assert.deepEqual(statesOf(window.client, window.toplevel), [fullscreen, suspended]);
    const size = [head.width, head.height] as const;
    window.show(0);
    window.client.request(window.surface, 'commit');
    await window.client.roundtrip();
    window.ack();
    await shown(window, window.show(window.buffer(...size, 0x111111)));
    assert.equal(colourAt(0, 0), 0x111111);
    await window.client.roundtrip();
    assert.deepEqual(statesOf(window.client, window.toplevel), [fullscreen, activated]);
    other.close();
  });

  it('draws no frame of its own', async () => {
    const { client } = window;
    const plain = windowOn(window);
    const manager = client.bind('zxdg_decoration_manager_v1');
    const decoration = client.request(manager, 'get_toplevel_decoration', plain.toplevel);
    client.request(decoration, 'set_mode', enums.zxdg_toplevel_decoration_v1.mode.client_side);
    client.request(plain.surface, 'commit');
    await client.roundtrip();
    const { server_side } = enums.zxdg_toplevel_decoration_v1.mode;
    assert.deepEqual(client.eventsOf(decoration), [['configure', server_side]]);
  });
});
