/** The seat's touch screen on the real libwayland: each finger is of the surface that it came down on. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { heard, SeatRig, told } from '../support/seat-rig.js';
import type { WireClient } from '../support/wayland-client.js';

let rig: SeatRig;
let client: WireClient;
let touch: number;

beforeEach(async () => {
  rig = new SeatRig();
  rig.plug(true);
  client = await rig.connect();
  touch = touchOf(client);
});

afterEach(() => {
  rig.close();
  assert.deepEqual(rig.faults, []);
});

const touchOf = (of: WireClient, version = 9) => of.request(of.bind('wl_seat', version), 'get_touch');

describe('wl_touch', () => {
  it('tells a finger’s way, in the surface’s own coordinates', async () => {
    const [surface] = await rig.place(client, 100, 100, 200, 200);
    rig.touch('touch-down', 0, 110, 120);
    rig.touchFrame();
    rig.touch('touch-motion', 0, 130.5, 140);
    rig.touchFrame();
    rig.flip();
    rig.lift(0);
    rig.touchFrame();
    const [down, , motion, , up] = await heard(client, touch);
    assert.deepEqual(down?.slice(3), [surface, 0, 10, 20]);
    assert.deepEqual(motion?.slice(2), [0, 30.5, 40]);
    assert.deepEqual([up?.[0], up?.[3]], ['up', 0]);
  });

  it('ends each group with a frame', async () => {
    await rig.place(client, 0, 0, 800, 600);
    rig.touch('touch-down', 0, 1, 1);
    rig.touch('touch-down', 1, 2, 2);
    rig.touchFrame();
    rig.touchFrame();
    rig.lift(0);
    rig.lift(1);
    rig.touchFrame();
    assert.deepEqual(await told(client, touch), ['down', 'down', 'frame', 'up', 'up', 'frame']);
  });

  it('keeps a finger with its surface, each with its own', async () => {
    const stranger = await rig.connect();
    const others = touchOf(stranger);
    await rig.place(client, 0, 0, 100, 100);
    await rig.place(stranger, 100, 0, 100, 100);
    rig.touch('touch-down', 0, 50, 50);
    rig.touch('touch-down', 1, 150, 50);
    rig.touch('touch-motion', 0, 150, 60);
    rig.touch('touch-motion', 1, 50, 60);
    rig.flip();
    const mine = (await heard(client, touch)).filter(([name]) => name === 'motion');
    const theirs = (await heard(stranger, others)).filter(([name]) => name === 'motion');
    assert.deepEqual(
      [mine.at(-1)?.slice(2), theirs.at(-1)?.slice(2)],
      [
        [0, 150, 60],
        [1, -50, 60],
      ],
    );
  });

  it('gives fingers the least free numbers, whatever their slots', async () => {
    await rig.place(client, 0, 0, 800, 600);
    rig.touch('touch-down', 7, 1, 1);
    rig.touch('touch-down', 9, 1, 1);
    rig.lift(7);
    rig.touch('touch-down', 3, 1, 1);
    const downs = (await heard(client, touch)).filter(([name]) => name === 'down').map((event) => event[4]);
    assert.deepEqual(downs, [0, 1, 0]);
  });

  it('is sent no more than one motion of a finger a refresh', async () => {
    await rig.place(client, 0, 0, 800, 600);
    rig.touch('touch-down', 0, 1, 1);
    rig.touch('touch-motion', 0, 2, 1);
    await told(client, touch);
    for (let at = 3; at < 100; at++) {
      rig.touch('touch-motion', 0, at, 1);
      rig.touchFrame();
    }
    rig.flip();
    const events = await heard(client, touch);
    assert.deepEqual(
      events.map(([name]) => name),
      ['motion', 'frame'],
    );
    assert.equal(events[0]?.[3], 99);
  });

  it('is told that a finger is up once its surface has gone, nothing more of it, and of the next one again', async () => {
    const [surface] = await rig.place(client, 0, 0, 800, 600);
    rig.touch('touch-down', 0, 1, 1);
    rig.touchFrame();
    client.request(surface, 'destroy');
    await told(client, touch);
    rig.seat.look();
    assert.deepEqual(await told(client, touch), ['up', 'frame']);
    rig.touch('touch-motion', 0, 5, 5);
    rig.flip();
    rig.lift(0);
    rig.touchFrame();
    await rig.place(client, 0, 0, 800, 600);
    assert.deepEqual(await told(client, touch), []);
    rig.touch('touch-down', 0, 1, 1);
    rig.touchFrame();
    assert.deepEqual(await told(client, touch), ['down', 'frame']);
  });

  it('goes on for others when a client goes under a finger', async () => {
    const stranger = await rig.connect();
    touchOf(stranger);
    await rig.place(client, 0, 0, 100, 100);
    await rig.place(stranger, 100, 0, 100, 100);
    rig.touch('touch-down', 0, 150, 50);
    stranger.close();
    while (rig.placed.length > 1) await client.roundtrip();
    rig.touch('touch-motion', 0, 50, 50);
    rig.flip();
    rig.lift(0);
    rig.touchFrame();
    rig.touch('touch-down', 0, 50, 50);
    rig.touchFrame();
    assert.deepEqual(await told(client, touch), ['down', 'frame']);
  });

  it('cancels all fingers of a client, and no others', async () => {
    const stranger = await rig.connect();
    const others = touchOf(stranger);
    await rig.place(client, 0, 0, 100, 100);
    await rig.place(stranger, 100, 0, 100, 100);
    rig.touch('touch-down', 0, 1, 1);
    rig.touch('touch-down', 1, 2, 2);
    rig.touch('touch-down', 2, 150, 2);
    await told(client, touch);
    await told(stranger, others);
    rig.lift(0, 'touch-cancel');
    rig.lift(1);
    rig.lift(2);
    rig.touchFrame();
    assert.deepEqual(await told(client, touch), ['cancel']);
    assert.deepEqual(await told(stranger, others), ['up', 'frame']);
  });

  it('cancels what the last touch screen held when it is unplugged', async () => {
    await rig.place(client, 0, 0, 100, 100);
    rig.touch('touch-down', 0, 1, 1);
    await told(client, touch);
    rig.plug(false);
    assert.deepEqual(await told(client, touch), ['cancel']);
  });

  it('dismisses popups by a finger elsewhere, which is nobody’s', async () => {
    const stranger = await rig.connect();
    const others = touchOf(stranger);
    const [, { surface }] = await rig.place(client, 0, 0, 100, 100);
    await rig.place(stranger, 100, 0, 100, 100);
    let dismissed = 0;
    rig.popups = { grabbing: () => surface, dismissOutside: () => dismissed++ };
    rig.touch('touch-down', 0, 150, 1);
    rig.lift(0);
    rig.touch('touch-down', 0, 50, 1);
    rig.touchFrame();
    assert.equal(dismissed, 1);
    assert.deepEqual(await told(stranger, others), []);
    assert.deepEqual(await told(client, touch), ['down', 'frame']);
  });
});
