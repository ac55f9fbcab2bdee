/** Games' pointers: held in a surface, and told by how much they were moved. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { enums } from '../../src/wayland/index.js';
import { buttons, heard, paint, SeatRig, told } from '../support/seat-rig.js';
import type { WireClient } from '../support/wayland-client.js';

const { error, lifetime } = enums.zwp_pointer_constraints_v1;
const corner = { x: 100, y: 50 };
const size = [200, 100] as const;

let rig: SeatRig;
let client: WireClient;
let surface: number;
let pointer: number;
let relative: number;
let constraints: number;

beforeEach(async () => {
  rig = new SeatRig();
  rig.plug(true);
  client = await rig.connect();
  pointer = client.request(client.bind('wl_seat'), 'get_pointer');
  relative = client.request(client.bind('zwp_relative_pointer_manager_v1'), 'get_relative_pointer', pointer);
  constraints = client.bind('zwp_pointer_constraints_v1');
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

type Request = 'lock_pointer' | 'confine_pointer';
const constrain = (request: Request, lasts: keyof typeof lifetime = 'persistent', region = 0, on = surface) =>
  client.request(constraints, request, on, pointer, region, lifetime[lasts]);
const lock = (lasts?: keyof typeof lifetime, region?: number) => constrain('lock_pointer', lasts, region);
const confine = (lasts?: keyof typeof lifetime, region?: number) => constrain('confine_pointer', lasts, region);

function region(...box: readonly [x: number, y: number, width: number, height: number]): number {
  const made = client.request(client.bind('wl_compositor'), 'create_region');
  client.request(made, 'add', ...box);
  return made;
}

/** Without the times. */
async function motions(): Promise<unknown[][]> {
  const events = await heard(client, pointer);
  return events.filter(([name]) => name === 'motion').map((event) => event.slice(2));
}

describe('zwp_locked_pointer_v1', () => {
  it('holds the pointer where it is, and goes on telling movements and buttons', async () => {
    const locked = lock();
    assert.deepEqual(await told(client, locked), ['locked']);
    move(30, 5);
    point(100, 50);
    rig.press();
    await client.roundtrip();
    const moved = client.eventsOf(relative).map((event) => event.slice(3, 5));
    assert.deepEqual(moved, [
      [30, 5],
      [60, 25],
    ]);
    const names = client.eventsOf(pointer).map(([name]) => name);
    assert.deepEqual(names, ['frame', 'frame', 'button', 'frame']);
  });

  it('lets it go when the object goes, and puts it where the client has drawn its own', async () => {
    const locked = lock();
    client.request(locked, 'set_cursor_position_hint', 150, 60);
    client.request(locked, 'destroy');
    assert.deepEqual(await motions(), [], 'the hint was not committed');
    const again = lock();
    client.request(again, 'set_cursor_position_hint', 150, 60);
    client.request(surface, 'commit');
    client.request(again, 'destroy');
    await client.roundtrip();
    assert.deepEqual(client.eventsOf(relative), []);
    assert.deepEqual(await motions(), [[150, 60]]);
    move(1, 1);
    assert.deepEqual(await motions(), [[151, 61]]);
  });

  it('takes no hint that is outside of the surface', async () => {
    const locked = lock();
    client.request(locked, 'set_cursor_position_hint', 200, 60);
    client.request(surface, 'commit');
    client.request(locked, 'destroy');
    assert.deepEqual(await motions(), []);
  });

  it('begins when the pointer comes into its region, and where the surface takes input', async () => {
    const locked = lock('persistent', region(50, 0, 100, 100));
    client.request(surface, 'set_input_region', region(0, 0, 60, 100));
    client.request(surface, 'commit');
    assert.deepEqual(await told(client, locked), []);
    point(70, 20);
    assert.deepEqual(await told(client, locked), []);
    point(55, 20);
    assert.deepEqual(await told(client, locked), ['locked']);
  });

  it('begins when its region comes to have the pointer, with the commit', async () => {
    const locked = lock('persistent', region(50, 0, 100, 100));
    client.request(locked, 'set_region', region(0, 0, 20, 30));
    assert.deepEqual(await told(client, locked), []);
    client.request(surface, 'commit');
    assert.deepEqual(await told(client, locked), ['locked']);
    client.request(locked, 'set_region', region(50, 0, 100, 100));
    client.request(surface, 'commit');
    assert.deepEqual(await told(client, locked), [], 'it stays where it is');
  });

  for (const lasts of ['persistent', 'oneshot'] as const)
    it(`ends when another surface takes the pointer, and ${lasts === 'oneshot' ? 'never ' : ''}comes again`, async () => {
      const locked = lock(lasts);
      await client.roundtrip();
      const [cover] = await rig.place(client, 0, 0, 800, 600);
      rig.seat.look();
      client.request(cover, 'destroy');
      await client.roundtrip();
      rig.seat.look();
      const again = lasts === 'persistent' ? ['locked'] : [];
      assert.deepEqual(await told(client, locked), ['locked', 'unlocked', ...again]);
    });

  it('ends with its surface', async () => {
    const locked = lock();
    client.request(surface, 'destroy');
    await client.roundtrip();
    rig.seat.look();
    assert.deepEqual(await told(client, locked), ['locked', 'unlocked']);
    for (const request of ['set_region', 'destroy'])
      client.request(locked, request, ...(request === 'destroy' ? [] : [0]));
    await client.roundtrip();
    assert.equal(client.error, undefined);
  });
});

describe('zwp_confined_pointer_v1', () => {
  it('holds the pointer in its surface, along whose edges it slides', async () => {
    const confined = confine();
    assert.deepEqual(await told(client, confined), ['confined']);
    move(1000, 5);
    assert.deepEqual(await motions(), [[199, 25]]);
    point(-50, -50);
    assert.deepEqual(await motions(), [[0, 0]]);
    client.request(confined, 'destroy');
    await client.roundtrip();
    client.events.length = 0;
    move(-10, 0);
    assert.deepEqual(await told(client, pointer), ['leave', 'frame']);
  });

  it('holds it in its region, also a new one', async () => {
    const confined = confine('persistent', region(0, 0, 50, 50));
    await client.roundtrip();
    move(1000, 0);
    assert.deepEqual(await motions(), [[49, 20]]);
    client.request(confined, 'set_region', region(0, 0, 80, 50));
    client.request(surface, 'commit');
    await client.roundtrip();
    move(1000, 0);
    assert.deepEqual(await motions(), [[79, 20]]);
  });

  it('ends where its new region has not got the pointer, and begins again when it has', async () => {
    const confined = confine('persistent', region(0, 0, 50, 50));
    client.request(confined, 'set_region', region(100, 0, 50, 50));
    client.request(surface, 'commit');
    assert.deepEqual(await told(client, confined), ['confined', 'unconfined']);
    point(120, 20);
    assert.deepEqual(await told(client, confined), ['confined']);
  });

  it('makes room for another one after it, where it is for once', async () => {
    const confined = confine('oneshot', region(0, 0, 50, 50));
    client.request(confined, 'set_region', region(100, 0, 50, 50));
    client.request(surface, 'commit');
    const locked = lock();
    assert.deepEqual(await told(client, locked), ['locked']);
    assert.equal(client.error, undefined);
  });
});

describe('zwp_pointer_constraints_v1', () => {
  for (const first of ['lock_pointer', 'confine_pointer'] as const)
    for (const second of ['lock_pointer', 'confine_pointer'] as const)
      it(`forbids ${second} after ${first} on the same surface`, async () => {
        constrain(first);
        constrain(second);
        await client.roundtrip();
        assert.deepEqual([client.error?.object, client.error?.code], [constraints, error.already_constrained]);
      });

  it('allows it on another surface, and after the first has gone', async () => {
    const [other] = await rig.place(client, 400, 0, 10, 10);
    const locked = lock();
    constrain('lock_pointer', 'persistent', 0, other);
    client.request(locked, 'destroy');
    confine();
    await client.roundtrip();
    assert.equal(client.error, undefined);
  });

  it('takes a surface that has gone for one that never has the pointer', async () => {
    client.request(surface, 'destroy');
    const [locked, confined] = [lock(), confine()];
    client.request(locked, 'set_cursor_position_hint', 1, 1);
    client.request(confined, 'set_region', 0);
    rig.press(buttons.left);
    assert.deepEqual(await told(client, locked), []);
  });
});
