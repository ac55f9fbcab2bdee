/** One client lets another's window come to the front. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { enums } from '../../src/wayland/index.js';
import { HandClock } from '../support/loop-rig.js';
import type { WireClient } from '../support/wayland-client.js';
import { device } from '../support/seat-rig.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';
import { windowOn } from './support/shell-client.js';

let rig: KioskRig;
let clock: HandClock;
/** Hidden by the other, which is another client's and is typed into. */
let hidden: Window;
let front: Window;
/** Of what was typed into the hidden one when it was in front. */
let formerSerial: number;

beforeEach(async () => {
  clock = new HandClock();
  rig = await KioskRig.open({ clock });
  rig.kiosk.input({ kind: 'device', added: true, device });
  hidden = await opened(0x111111);
  formerSerial = await typed(hidden);
  front = await opened(0x222222);
});

afterEach(async () => {
  hidden.close();
  front.close();
  await rig.close();
});

async function opened(colour: number): Promise<Window> {
  const window = await rig.open();
  const callback = window.show(window.buffer(...window.ack(), colour));
  await rig.flipUntil(() => window.client.eventsOf(callback).length > 0);
  return window;
}

const isShown = (colour: number) => ((rig.pixels()?.[0] ?? 0) & 0xffffff) === colour;

/** The serial of a key that is typed into whichever window has the keyboard. */
async function typed({ client }: Window): Promise<number> {
  const keyboard = client.request(client.bind('wl_seat'), 'get_keyboard');
  await client.roundtrip();
  for (const pressed of [true, false]) rig.kiosk.input({ kind: 'key', device, timeUs: 0, key: 30, pressed });
  await client.roundtrip();
  return client.eventsOf(keyboard).findLast(([name]) => name === 'key')?.[1] as number;
}

async function tokenOf({ client }: Window, serial?: number): Promise<string> {
  const token = client.request(client.bind('xdg_activation_v1'), 'get_activation_token');
  if (serial !== undefined) client.request(token, 'set_serial', serial, client.bind('wl_seat'));
  client.request(token, 'set_app_id', 'org.example.Other');
  client.request(token, 'commit');
  await client.roundtrip();
  return client.eventsOf(token)[0]?.[1] as string;
}

async function activate({ client, surface }: Window, token: string, target = surface): Promise<void> {
  client.request(client.bind('xdg_activation_v1'), 'activate', token, target);
  await client.roundtrip();
}

const active = () => rig.kiosk.shown?.xdg.surface.resource.client;
describe('xdg_activation_v1', () => {
  it('brings a hidden window to the front, by the serial of what the user did', async () => {
    const before = active();
    await activate(hidden, await tokenOf(front, await typed(front)));
    await rig.flipUntil(() => isShown(0x111111));
    assert.notEqual(active(), before);
  });

  it('brings the window of a client to the front that has the token it was launched with', async () => {
    await activate(hidden, rig.kiosk.activationToken());
    await rig.flipUntil(() => isShown(0x111111));
  });

  it('brings back the window whose dialog it names, and gives that the keyboard', async () => {
    const dialog = windowOn(hidden);
    hidden.client.request(dialog.toplevel, 'set_parent', hidden.toplevel);
    hidden.client.request(dialog.surface, 'commit');
    await hidden.client.roundtrip();
    dialog.ack();
    dialog.show(10, 10, 0x333333);
    await hidden.client.roundtrip();
    await activate(hidden, await tokenOf(front, await typed(front)), dialog.surface);
    await rig.flipUntil(() => isShown(0x111111));
    assert.notEqual(rig.kiosk.shown?.parent, undefined);
  });

  const ignored: readonly [what: string, token: () => Promise<string>][] = [
    ['one that nobody issued', () => Promise.resolve('made up')],
    ['one without a serial', () => tokenOf(front)],
    ['one by a serial that its client was not given', async () => tokenOf(front, (await typed(front)) + 1000)],
    ['one of a client that is not typed into', () => tokenOf(hidden, formerSerial)],
  ];
  for (const [what, token] of ignored)
    it(`gives a token in any case, but ignores ${what}`, async () => {
      const text = await token();
      assert.ok(text.length > 0);
      const before = active();
      await activate(hidden, text);
      assert.equal(active(), before);
    });

  it('takes a token once', async () => {
    const token = await tokenOf(front, await typed(front));
    const before = active();
    await activate(front, token);
    await activate(hidden, token);
    assert.equal(active(), before);
  });

  it('takes no token that is older than a minute', async () => {
    const token = await tokenOf(front, await typed(front));
    const before = active();
    clock.advance(60_000);
    await activate(hidden, token);
    assert.equal(active(), before);
  });

  it('knows the latest tokens only, however many a client asks for', async () => {
    const serial = await typed(front);
    const first = await tokenOf(front, serial);
    for (let count = 0; count < 256; count++) await tokenOf(front, serial);
    const before = active();
    await activate(hidden, first);
    assert.equal(active(), before);
  });

  it('leaves a window alone that shows nothing, and what is no window', async () => {
    const before = active();
    const serial = await typed(front);
    const { client } = front;
    for (const surface of [windowOn(front).surface, client.request(client.bind('wl_compositor'), 'create_surface')])
      await activate(front, await tokenOf(front, serial), surface);
    assert.equal(client.error, undefined);
    assert.equal(active(), before);
  });

  const late: Record<string, (client: WireClient, token: number) => void> = {
    set_serial: (client, token) => client.request(token, 'set_serial', 1, client.bind('wl_seat')),
    set_app_id: (client, token) => client.request(token, 'set_app_id', 'org.example.Other'),
    set_surface: (client, token) => client.request(token, 'set_surface', front.surface),
    commit: (client, token) => client.request(token, 'commit'),
  };
  for (const [name, breaks] of Object.entries(late))
    it(`forbids ${name} after the commit`, async () => {
      const { client } = front;
      const token = client.request(client.bind('xdg_activation_v1'), 'get_activation_token');
      client.request(token, 'commit');
      breaks(client, token);
      await client.roundtrip();
      const { already_used } = enums.xdg_activation_token_v1.error;
      assert.deepEqual([client.error?.object, client.error?.code], [token, already_used]);
    });
});
