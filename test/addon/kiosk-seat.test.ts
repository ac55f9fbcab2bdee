/** The seat on the real libwayland: its capabilities, its serials, and scrolling in each version. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { enums } from '../../src/wayland/index.js';
import { device, heard, SeatRig, told } from '../support/seat-rig.js';
import type { WireClient } from '../support/wayland-client.js';

let rig: SeatRig;
let client: WireClient;

beforeEach(async () => {
  rig = new SeatRig();
  rig.plug(true);
  client = await rig.connect();
});

afterEach(() => {
  rig.close();
  assert.deepEqual(rig.faults, []);
});

const pointerOf = (of: WireClient, version = 9) => of.request(of.bind('wl_seat', version), 'get_pointer');
const serialOf = (events: [string, ...unknown[]][], name: string) =>
  events.find((each) => each[0] === name)?.[1] as number;

describe('wl_seat', () => {
  it('has the capabilities of its devices, and follows them', async () => {
    const seat = client.bind('wl_seat');
    assert.deepEqual(await heard(client, seat), [
      ['name', 'seat0'],
      ['capabilities', 7],
    ]);
    rig.plug(true, { ...device, keyboard: false, touch: false });
    rig.plug(false);
    assert.deepEqual(await heard(client, seat), [['capabilities', 1]]);
  });

  it('has no name before version 2', async () => {
    assert.deepEqual(await told(client, client.bind('wl_seat', 1)), ['capabilities']);
  });

  for (const request of ['get_pointer', 'get_keyboard', 'get_touch'])
    it(`refuses ${request} where there never was such a device, and not where it has gone`, async () => {
      rig.plug(false);
      client.request(client.bind('wl_seat'), request);
      await client.roundtrip();
      assert.equal(client.error, undefined);
      const other = new SeatRig();
      const stranger = await other.connect();
      stranger.request(stranger.bind('wl_seat'), request);
      await stranger.end();
      assert.equal(stranger.error?.code, enums.wl_seat.error.missing_capability);
      other.close();
    });

  it('leaves the objects of a capability that has gone silent, the older versions’ excepted', async () => {
    const [newer, older] = [pointerOf(client, 5), pointerOf(client, 4)];
    await rig.place(client, 0, 0, 100, 100);
    rig.plug(false);
    rig.plug(true);
    rig.point(10, 10);
    await client.roundtrip();
    assert.deepEqual(client.eventsOf(newer), []);
    assert.deepEqual(
      client.eventsOf(older).map(([name]) => name),
      ['enter'],
    );
  });
});

describe('wl_pointer scrolls', () => {
  const wheel = (v120: number) => ({ source: 'wheel', vertical: { value: v120 / 8, v120 } }) as const;

  async function scrolled(version: number, act: () => void) {
    const pointer = pointerOf(client, version);
    await rig.place(client, 0, 0, 800, 600);
    rig.point(1, 1);
    await told(client, pointer);
    act();
    return (await heard(client, pointer)).map(([name, ...values]) => [
      name,
      ...values.slice(name.startsWith('axis_') ? 0 : 1),
    ]);
  }

  it('by a wheel in version 9', async () => {
    assert.deepEqual(await scrolled(9, () => rig.scroll(wheel(240))), [
      ['axis_source', 0],
      ['axis_relative_direction', 0, 0],
      ['axis_value120', 0, 240],
      ['axis', 0, 30],
      ['frame'],
    ]);
  });

  it('in version 8 without a direction', async () => {
    const names = (await scrolled(8, () => rig.scroll(wheel(-60)))).map(([name]) => name);
    assert.deepEqual(names, ['axis_source', 'axis_value120', 'axis', 'frame']);
  });

  for (const version of [5, 6, 7])
    it(`in whole clicks in version ${version}`, async () => {
      const events = await scrolled(version, () => {
        for (let part = 0; part < 4; part++) rig.scroll(wheel(60));
      });
      const click = [['axis_source', 0], ['axis_discrete', 0, 1], ['axis', 0, 15], ['frame']];
      assert.deepEqual(events, [...click, ...click]);
    });

  for (const version of [1, 4])
    it(`in version ${version} without frames and stops`, async () => {
      const events = await scrolled(version, () => {
        rig.scroll(wheel(120));
        rig.scroll({ source: 'finger', horizontal: { value: 4, v120: 0 } });
        rig.scroll({ source: 'finger', horizontal: { value: 0, v120: 0 } });
      });
      assert.deepEqual(events, [
        ['axis', 0, 15],
        ['axis', 1, 4],
      ]);
    });

  it('by fingers, with a stop', async () => {
    const events = await scrolled(9, () => {
      rig.scroll({ source: 'finger', vertical: { value: 2, v120: 0 }, horizontal: { value: -1, v120: 0 } });
      rig.scroll({ source: 'finger', vertical: { value: 0, v120: 0 } });
    });
    assert.deepEqual(
      events.map(([name]) => name),
      [
        'axis_source',
        'axis_relative_direction',
        'axis',
        'axis_relative_direction',
        'axis',
        'frame',
        'axis_source',
        'axis_stop',
        'frame',
      ],
    );
  });
});

describe('a serial', () => {
  it('of a press is good for a popup’s grab, by the client alone that got it', async () => {
    const pointer = pointerOf(client);
    const [, { surface }] = await rig.place(client, 0, 0, 100, 100);
    rig.point(10, 10);
    rig.press();
    const events = await heard(client, pointer);
    const { client: mine } = surface.resource;
    const stranger = await rig.connect();
    const [, { surface: others }] = await rig.place(stranger, 200, 0, 10, 10);
    assert.equal(rig.seat.grabAllowed(mine, serialOf(events, 'button')), true);
    assert.equal(rig.seat.grabAllowed(mine, serialOf(events, 'enter')), false);
    assert.equal(rig.seat.grabAllowed(others.resource.client, serialOf(events, 'button')), false);
  });
});
