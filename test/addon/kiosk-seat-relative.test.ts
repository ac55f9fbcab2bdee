/** zwp_relative_pointer_manager_v1: by how much the pointer was moved, once a refresh. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { enums } from '../../src/wayland/index.js';
import { heard, paint, SeatRig, told } from '../support/seat-rig.js';
import type { WireClient } from '../support/wayland-client.js';

const corner = { x: 100, y: 50 };
const size = [200, 100] as const;

let rig: SeatRig;
let client: WireClient;
let surface: number;
let pointer: number;
let relative: number;

beforeEach(async () => {
  rig = new SeatRig();
  rig.plug(true);
  client = await rig.connect();
  pointer = client.request(client.bind('wl_seat'), 'get_pointer');
  relative = client.request(client.bind('zwp_relative_pointer_manager_v1'), 'get_relative_pointer', pointer);
  [surface] = await rig.place(client, corner.x, corner.y, ...size);
  paint(client, surface, ...size, 1);
  point(10, 20);
  await client.roundtrip();
  client.events.length = 0;
});

afterEach(() => {
  rig.close();
  assert.deepEqual(rig.faults, []);
});

/** To a place of the surface. */
function point(x: number, y: number): void {
  rig.point(corner.x + x, corner.y + y);
  rig.flip();
}

function move(dx: number, dy: number): void {
  rig.move(dx, dy);
  rig.flip();
}

describe('zwp_relative_pointer_v1', () => {
  it('tells by how much the pointer was moved, and by how much its device was, with the device’s own time', async () => {
    move(3, 4);
    await client.roundtrip();
    const { timeUs } = rig;
    assert.deepEqual(client.eventsOf(relative), [['relative_motion', 0, timeUs, 3, 4, 1.5, 2]]);
    assert.deepEqual(await told(client, pointer), ['motion', 'frame']);
  });

  it('adds up what comes within a refresh', async () => {
    for (let count = 0; count < 5; count++) rig.move(1, 2);
    rig.flip();
    const events = await heard(client, relative);
    const sum = (index: number) => events.reduce((total, event) => total + (event[index] as number), 0);
    assert.ok(events.length <= 2, 'the first may be told at once');
    assert.deepEqual([sum(3), sum(4)], [5, 10]);
  });

  it('tells of a movement that the head’s edge has cut short', async () => {
    move(-1000, 0);
    move(-5, 0);
    assert.deepEqual(await heard(client, relative), [], 'the pointer is not in the surface any more');
    await rig.place(client, 0, 0, 50, 600);
    rig.seat.look();
    await client.roundtrip();
    client.events.length = 0;
    move(-7, 0);
    await client.roundtrip();
    assert.deepEqual(client.eventsOf(relative)[0]?.slice(3), [-7, 0, -3.5, 0]);
    assert.deepEqual(client.eventsOf(pointer), [['frame']]);
  });

  it('takes the way from one place to the next for a movement, of devices that tell places', async () => {
    point(15, 18);
    assert.deepEqual((await heard(client, relative))[0]?.slice(3), [5, -2, 5, -2]);
  });

  it('tells a client alone that has the pointer', async () => {
    const other = await rig.connect();
    const theirs = other.request(
      other.bind('zwp_relative_pointer_manager_v1'),
      'get_relative_pointer',
      other.request(other.bind('wl_seat'), 'get_pointer'),
    );
    await other.roundtrip();
    move(1, 1);
    assert.deepEqual(await told(other, theirs), []);
    assert.deepEqual(await told(client, relative), ['relative_motion']);
  });

  it('keeps what a client is not told that does not answer, and tells no more than the wire can carry', async () => {
    const constraints = client.bind('zwp_pointer_constraints_v1');
    client.request(
      constraints,
      'lock_pointer',
      surface,
      pointer,
      0,
      enums.zwp_pointer_constraints_v1.lifetime.persistent,
    );
    await client.roundtrip();
    for (const placed of rig.placed) rig.slow.add(placed.surface.resource.client);
    for (let count = 0; count < 5; count++) move(2e6, -1);
    assert.deepEqual(await heard(client, relative), []);
    rig.press();
    assert.deepEqual((await heard(client, relative))[0]?.slice(3), [2 ** 23 - 1, -5, 5e6, -2.5]);
  });

  it('tells nothing of an object that has gone', async () => {
    client.request(relative, 'destroy');
    await client.roundtrip();
    move(1, 1);
    assert.deepEqual(await told(client, relative), []);
  });
});
