/** The seat's pointer on the real libwayland: what each client is told of it, in each version. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Client } from '../../src/wayland/index.js';
import { buttons, device, heard, SeatRig, told } from '../support/seat-rig.js';
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
describe('wl_pointer', () => {
  it('enters the surface that it is in, moves there, and leaves', async () => {
    const pointer = pointerOf(client);
    const [surface] = await rig.place(client, 100, 50, 200, 200);
    rig.point(110, 70);
    rig.flip();
    rig.point(120.5, 80);
    rig.flip();
    rig.point(700, 500);
    const [enter, frame, motion, ...rest] = await heard(client, pointer);
    assert.deepEqual(enter?.slice(2), [surface, 10, 20]);
    assert.deepEqual(frame, ['frame']);
    assert.deepEqual(motion?.slice(2), [20.5, 30]);
    assert.deepEqual(
      rest.map(([name]) => name),
      ['frame', 'leave', 'frame'],
    );
  });

  it('groups a leave and an enter of one client in one frame', async () => {
    const pointer = pointerOf(client);
    await rig.place(client, 0, 0, 100, 100);
    await rig.place(client, 100, 0, 100, 100);
    rig.point(50, 50);
    await told(client, pointer);
    rig.flip();
    rig.point(150, 50);
    assert.deepEqual(await told(client, pointer), ['leave', 'enter', 'frame']);
  });

  it('tells an object that is made later where it is', async () => {
    const [surface] = await rig.place(client, 0, 0, 100, 100);
    rig.point(30, 40);
    const [first, second] = [pointerOf(client), pointerOf(client)];
    await client.roundtrip();
    for (const id of [first, second]) assert.deepEqual(client.eventsOf(id)[0]?.slice(2), [surface, 30, 40]);
  });

  it('is sent no more than one motion a refresh, the newest', async () => {
    const pointer = pointerOf(client);
    await rig.place(client, 0, 0, 800, 600);
    rig.point(1, 1);
    for (let at = 2; at < 200; at++) rig.point(at, 1);
    rig.flip();
    assert.deepEqual(
      (await heard(client, pointer)).filter(([name]) => name === 'motion').map((event) => event[2]),
      [199],
    );
  });

  it('is sent no more than that where windows commit meanwhile', async () => {
    const pointer = pointerOf(client);
    await rig.place(client, 0, 0, 800, 600);
    for (const at of [1, 2, 3]) {
      rig.point(at, 1);
      rig.seat.look();
    }
    assert.deepEqual(await told(client, pointer), ['enter', 'frame']);
    rig.flip();
    assert.deepEqual((await heard(client, pointer))[0]?.[2], 3);
  });

  it('is told of motion where nothing flips, too', async () => {
    const pointer = pointerOf(client);
    await rig.place(client, 0, 0, 800, 600);
    rig.point(1, 1);
    rig.point(2, 2);
    assert.deepEqual(await told(client, pointer), ['enter', 'frame']);
    rig.clock.advance(20);
    assert.deepEqual(await told(client, pointer), ['motion', 'frame']);
  });

  it('is told where it is before a button, a wheel and a key', async () => {
    const pointer = pointerOf(client);
    await rig.place(client, 0, 0, 800, 600);
    rig.point(1, 1);
    rig.point(2, 2);
    rig.press();
    rig.point(3, 3);
    rig.scroll({ source: 'finger', vertical: { value: 3, v120: 0 } });
    rig.point(4, 4);
    rig.key(30);
    assert.deepEqual(
      (await told(client, pointer)).filter((name) => name !== 'frame' && name !== 'axis_source'),
      ['enter', 'motion', 'button', 'motion', 'axis_relative_direction', 'axis', 'motion'],
    );
  });

  it('stays with the surface in which a button was pressed', async () => {
    const pointer = pointerOf(client);
    await rig.place(client, 0, 0, 100, 100);
    await rig.place(client, 100, 0, 100, 100);
    rig.point(50, 50);
    rig.press();
    rig.press(buttons.right);
    await told(client, pointer);
    rig.point(150, 20);
    rig.flip();
    rig.release();
    const events = await heard(client, pointer);
    assert.deepEqual(
      events.map(([name]) => name),
      ['motion', 'frame', 'button', 'frame'],
    );
    assert.deepEqual(events[0]?.slice(2), [150, 20]);
    rig.release(buttons.right);
    assert.deepEqual(await told(client, pointer), ['button', 'frame', 'leave', 'enter', 'frame']);
  });

  it('is nobody’s until the button is up, once the surface that has it goes', async () => {
    const pointer = pointerOf(client);
    await rig.place(client, 0, 0, 100, 100);
    const [above] = await rig.place(client, 0, 0, 100, 100);
    rig.point(50, 50);
    rig.press();
    client.request(above, 'destroy');
    await told(client, pointer);
    rig.point(60, 60);
    rig.flip();
    assert.deepEqual(await told(client, pointer), []);
    rig.release();
    assert.deepEqual(await told(client, pointer), ['enter', 'frame']);
  });

  it('goes on for others when the client that it was in goes in the middle of a press', async () => {
    const other = await rig.connect();
    const pointer = pointerOf(other);
    await rig.place(other, 0, 0, 100, 100);
    pointerOf(client);
    await rig.place(client, 0, 0, 100, 100);
    rig.point(50, 50);
    rig.press();
    client.close();
    await other.roundtrip();
    while (rig.placed.length > 1) await other.roundtrip();
    rig.release();
    rig.flip();
    assert.deepEqual(await told(other, pointer), ['enter', 'frame']);
  });

  it('follows what happens under it: a surface comes, moves and goes', async () => {
    const pointer = pointerOf(client);
    const [surface, placed] = await rig.place(client, 0, 0, 800, 600);
    rig.seat.look();
    assert.deepEqual(await told(client, pointer), [], 'nobody has used the pointer yet');
    rig.placed.length = 0;
    rig.point(50, 50);
    rig.placed.push(placed);
    rig.seat.look();
    placed.x = 20;
    rig.seat.look();
    const events = await heard(client, pointer);
    assert.deepEqual(
      events.map(([name]) => name),
      ['enter', 'frame', 'motion', 'frame'],
    );
    assert.deepEqual(events[2]?.slice(2), [30, 50]);
    rig.placed.length = 0;
    rig.seat.look();
    const left = await heard(client, pointer);
    assert.deepEqual([left[0]?.[0], left[0]?.[2]], ['leave', surface]);
  });

  it('is relative, too, and stays in the head', async () => {
    const pointer = pointerOf(client);
    await rig.place(client, 0, 0, 800, 600);
    rig.point(790, 10);
    const relative = { device, kind: 'relative', timeUs: 5000, dxUnaccelerated: 0, dyUnaccelerated: 0 } as const;
    rig.flip();
    rig.seat.input({ ...relative, dx: -5, dy: 3 });
    rig.flip();
    rig.seat.input({ ...relative, dx: 100, dy: 0 });
    rig.flip();
    const motions = (await heard(client, pointer)).filter(([name]) => name === 'motion');
    assert.deepEqual(
      motions.map((event) => event.slice(1)),
      [
        [5, 785, 13],
        [5, 800 - 1 / 256, 13],
      ],
    );
  });

  it('is told nothing where a client does not answer, but buttons, with the place; afterwards the newest', async () => {
    const pointer = pointerOf(client);
    const [, { surface }] = await rig.place(client, 0, 0, 800, 600);
    rig.point(1, 1);
    await told(client, pointer);
    rig.slow.add(surface.resource.client);
    for (let at = 2; at < 20; at++) {
      rig.point(at, at);
      rig.flip();
    }
    assert.deepEqual(await told(client, pointer), []);
    rig.press();
    assert.deepEqual(await told(client, pointer), ['motion', 'frame', 'button', 'frame']);
    rig.release();
    rig.point(30, 30);
    rig.flip();
    await told(client, pointer);
    rig.slow.clear();
    rig.flip();
    const [motion] = await heard(client, pointer);
    assert.deepEqual(motion?.slice(2), [30, 30]);
  });

  it('leaves a client that does not answer alone, though it comes and goes', async () => {
    const pointer = pointerOf(client);
    const [, { surface }] = await rig.place(client, 0, 0, 100, 100);
    rig.point(10, 10);
    rig.slow.add(surface.resource.client);
    await told(client, pointer);
    for (let turn = 0; turn < 5; turn++) {
      rig.point(500, 500);
      rig.flip();
      rig.point(10, 10);
      rig.flip();
    }
    assert.deepEqual(await told(client, pointer), ['leave', 'frame']);
  });

  it('speaks to a grabbing popup’s client alone, and dismisses it by a press elsewhere, which is nobody’s', async () => {
    const other = await rig.connect();
    const [mine, others] = [pointerOf(client), pointerOf(other)];
    const [, { surface: popup }] = await rig.place(client, 0, 0, 100, 100);
    await rig.place(other, 100, 0, 100, 100);
    const dismissed: (Client | undefined)[] = [];
    let grabbing: typeof popup | undefined = popup;
    rig.popups = {
      grabbing: () => grabbing,
      dismissOutside: (by) => {
        dismissed.push(by);
        grabbing = undefined;
      },
    };
    rig.point(50, 50);
    rig.press();
    rig.release();
    rig.flip();
    rig.point(150, 50);
    rig.flip();
    assert.deepEqual(await told(other, others), []);
    assert.deepEqual(dismissed, []);
    rig.press();
    rig.release();
    assert.deepEqual(dismissed, [rig.surfaces.at(-1)?.resource.client]);
    assert.deepEqual(await told(other, others), ['enter', 'frame']);
    assert.equal((await told(client, mine)).filter((name) => name === 'button').length, 2);
  });
});
