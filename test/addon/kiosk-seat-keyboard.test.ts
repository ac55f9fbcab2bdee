/** The seat's keyboard on the real libwayland: who is typed into, and what they are told. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { enums } from '../../src/wayland/index.js';
import { heard, SeatRig, told } from '../support/seat-rig.js';
import type { WireClient } from '../support/wayland-client.js';

let rig: SeatRig;
let client: WireClient;
const [letter, other, shift] = [30, 31, 42];

beforeEach(async () => {
  rig = new SeatRig();
  rig.plug(true);
  client = await rig.connect();
});

afterEach(() => {
  rig.close();
  assert.deepEqual(rig.faults, []);
});

const keyboardOf = (of: WireClient, version = 9) => of.request(of.bind('wl_seat', version), 'get_keyboard');
const keysOf = (array: unknown) => [...new Uint32Array((array as Uint8Array).slice().buffer)];

/** A surface that is typed into. */
async function focused(of: WireClient): Promise<number> {
  const [id, { surface }] = await rig.place(of, 0, 0, 10, 10);
  rig.focus = surface;
  rig.seat.look();
  return id;
}

describe('wl_keyboard', () => {
  it('has a keymap, and how keys repeat since version 4', async () => {
    const { xkb_v1 } = enums.wl_keyboard.keymap_format;
    const [newest, old] = [keyboardOf(client), keyboardOf(client, 3)];
    await client.roundtrip();
    const keymap = ['keymap', xkb_v1, undefined, 100];
    assert.deepEqual(client.eventsOf(newest), [keymap, ['repeat_info', 25, 600]]);
    assert.deepEqual(client.eventsOf(old), [keymap]);
  });

  it('is not there where there is no keymap, for Chromium crashes of one without', async () => {
    const bare = new SeatRig({ keyboard: undefined });
    bare.plug(true);
    const stranger = await bare.connect();
    const seat = stranger.bind('wl_seat');
    await stranger.roundtrip();
    const { pointer, touch } = enums.wl_seat.capability;
    assert.deepEqual(stranger.eventsOf(seat).at(-1), ['capabilities', pointer | touch]);
    bare.key(letter);
    stranger.request(seat, 'get_keyboard');
    await stranger.roundtrip();
    assert.equal(stranger.error?.code, enums.wl_seat.error.missing_capability);
    bare.close();
  });

  it('enters a window with the keys that are down and the modifiers, and leaves it for another', async () => {
    const keyboard = keyboardOf(client);
    const first = await focused(client);
    rig.key(letter);
    rig.key(shift);
    await client.roundtrip();
    const events = client.eventsOf(keyboard).slice(2);
    assert.deepEqual(events[0]?.slice(2), [first, new Uint8Array()]);
    assert.deepEqual(
      events.map(([name]) => name),
      ['enter', 'modifiers', 'key', 'key', 'modifiers'],
    );
    client.events.length = 0;
    const second = await focused(client);
    const [leave, enter, modifiers] = await heard(client, keyboard);
    assert.deepEqual([leave?.[0], leave?.[2]], ['leave', first]);
    assert.deepEqual([enter?.[0], enter?.[2], keysOf(enter?.[3])], ['enter', second, [letter, shift]]);
    assert.deepEqual(modifiers?.slice(2), [1, 0, 0, 0]);
  });

  it('tells keys to the client in focus alone, in each of its keyboards', async () => {
    const stranger = await rig.connect();
    const [mine, again, others] = [keyboardOf(client), keyboardOf(client, 1), keyboardOf(stranger)];
    await focused(client);
    await told(client, mine);
    await told(stranger, others);
    rig.key(letter);
    rig.key(letter, false);
    await client.roundtrip();
    for (const id of [mine, again])
      assert.deepEqual(
        client.eventsOf(id).map((event) => event.slice(3)),
        [
          [letter, 1],
          [letter, 0],
        ],
      );
    assert.deepEqual(await told(stranger, others), []);
  });

  it('tells a press once, and no release of what was not pressed', async () => {
    const keyboard = keyboardOf(client);
    await focused(client);
    await told(client, keyboard);
    rig.key(letter);
    rig.key(letter);
    rig.key(other, false);
    assert.deepEqual(await told(client, keyboard), ['key']);
  });

  it('tells a keyboard that is made later of the focus', async () => {
    const surface = await focused(client);
    rig.key(letter);
    const events = await heard(client, keyboardOf(client));
    const enter = events.find(([name]) => name === 'enter');
    assert.deepEqual([enter?.[2], keysOf(enter?.[3])], [surface, [letter]]);
  });

  it('types into a popup that grabs, and then into the window again', async () => {
    const keyboard = keyboardOf(client);
    const window = await focused(client);
    const [popup, { surface }] = await rig.place(client, 0, 0, 10, 10);
    rig.popups = { grabbing: () => surface, dismissOutside: () => undefined };
    rig.seat.look();
    rig.popups = undefined;
    rig.seat.look();
    const entered = (await heard(client, keyboard)).filter(([name]) => name === 'enter').map((event) => event[2]);
    assert.deepEqual(entered, [window, popup, window]);
  });

  it('is without a focus once the window has gone, and after its client has', async () => {
    const keyboard = keyboardOf(client);
    const window = await focused(client);
    client.request(window, 'destroy');
    await told(client, keyboard);
    rig.key(letter);
    rig.key(letter, false);
    assert.deepEqual(await told(client, keyboard), []);
    await focused(client);
    client.close();
    const next = await rig.connect();
    while (rig.focus !== undefined) await next.roundtrip();
    const nexts = keyboardOf(next);
    await focused(next);
    rig.key(letter);
    assert.equal((await told(next, nexts)).at(-1), 'key');
  });

  it('leaves when the last keyboard is unplugged, and enters again when there is one', async () => {
    const keyboard = keyboardOf(client, 4);
    await focused(client);
    rig.key(letter);
    await told(client, keyboard);
    rig.plug(false);
    rig.plug(true);
    const [leave, enter] = await heard(client, keyboard);
    assert.equal(leave?.[0], 'leave');
    assert.deepEqual(keysOf(enter?.[3]), []);
  });
});
