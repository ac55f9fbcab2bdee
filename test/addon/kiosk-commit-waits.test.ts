/** Commits that wait for a refresh (wp_fifo) or for a time (wp_commit_timing), while all else goes on. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { enums } from '../../src/wayland/index.js';
import { HandClock } from '../support/loop-rig.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';

let rig: KioskRig;
let clock: HandClock;
let window: Window;
let size: [width: number, height: number];

beforeEach(async () => {
  clock = new HandClock();
  rig = await KioskRig.open({ clock });
  window = await rig.open();
  size = window.ack();
});

afterEach(async () => {
  window.close();
  await rig.close();
});

const pixel = (x = 0, y = 0) => (rig.pixels()?.[y * size[0] + x] ?? 0) & 0xffffff;

const fifoOf = (surface = window.surface) =>
  window.client.request(window.client.bind('wp_fifo_manager_v1'), 'get_fifo', surface);
const timerOf = (surface = window.surface) =>
  window.client.request(window.client.bind('wp_commit_timing_manager_v1'), 'get_timer', surface);

/** In ms of the kiosk's clock. */
function at(timer: number, ms: number): void {
  window.client.request(timer, 'set_timestamp', 0, Math.floor(ms / 1000), (ms % 1000) * 1e6);
}

async function shown(colour: number): Promise<void> {
  window.show(window.buffer(...size, colour));
  await rig.flipUntil(() => pixel() === colour);
}

/** What is seen in turn, until the last of it. */
async function seenUntil(colour: number): Promise<number[]> {
  const seen: number[] = [];
  await rig.flipUntil(() => {
    if (seen.at(-1) !== pixel()) seen.push(pixel());
    return pixel() === colour;
  });
  return seen;
}

/** Refreshes in which what was sent would have been shown. */
async function refreshes(): Promise<void> {
  await window.client.roundtrip();
  for (let count = 0; count < 3; count++) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await rig.kernel.flip();
  }
}

/** A picture on the window's own one, whose commits wait for the window's. */
function child(): number {
  const { client } = window;
  const surface = client.request(client.bind('wl_compositor'), 'create_surface');
  client.request(client.bind('wl_subcompositor'), 'get_subsurface', surface, window.surface);
  return surface;
}

function attach(surface: number, colour: number): void {
  window.client.request(surface, 'attach', window.buffer(10, 10, colour), 0, 0);
  window.client.request(surface, 'damage_buffer', 0, 0, 10, 10);
  window.client.request(surface, 'commit');
}

describe('wp_fifo_v1', () => {
  const colours = [0x11, 0x22, 0x33, 0x44, 0x55];

  it('shows each picture for a refresh, where without it the newest alone would be seen', async () => {
    await shown(0x1);
    const fifo = fifoOf();
    for (const colour of colours) {
      for (const request of ['wait_barrier', 'set_barrier']) window.client.request(fifo, request);
      window.show(window.buffer(...size, colour));
    }
    assert.deepEqual(await seenUntil(0x55), [0x1, ...colours]);
  });

  it('holds nobody else up, and keeps the order of commits that do not ask for it', async () => {
    await shown(0x1);
    const fifo = fifoOf();
    window.client.request(fifo, 'set_barrier');
    window.show(window.buffer(...size, 0x11));
    window.client.request(fifo, 'wait_barrier');
    window.show(window.buffer(...size, 0x22));
    window.show(window.buffer(...size, 0x33));
    assert.ok((await seenUntil(0x33)).includes(0x11));
  });

  it('releases a picture that nobody sees after a second', async () => {
    await shown(0x1);
    const other = await rig.open();
    const covers = other.show(other.buffer(...other.ack(), 0x2));
    await rig.flipUntil(() => other.client.eventsOf(covers).length > 0);
    const fifo = fifoOf();
    window.client.request(fifo, 'set_barrier');
    const first = window.show(window.buffer(...size, 0x11));
    window.client.request(fifo, 'wait_barrier');
    const second = window.show(window.buffer(...size, 0x22));
    await window.client.roundtrip();
    const done = (callback: number) => window.client.eventsOf(callback).length > 0;
    await rig.flipUntil(() => done(first));
    assert.equal(done(second), false);
    await rig.flipUntil(() => done(second));
    other.close();
  });

  it('is nothing to a surface whose commits wait for its parent’s anyway', async () => {
    await shown(0x1);
    const surface = child();
    const fifo = fifoOf(surface);
    for (const colour of [0x11, 0x22]) {
      for (const request of ['wait_barrier', 'set_barrier']) window.client.request(fifo, request);
      attach(surface, colour);
      window.client.request(window.surface, 'commit');
    }
    await rig.flipUntil(() => pixel() === 0x22);
  });
});

describe('wp_commit_timer_v1', () => {
  it('shows a picture at its time and not before, while others are shown', async () => {
    await shown(0x1);
    at(timerOf(), 1500);
    window.show(window.buffer(...size, 0x11));
    await refreshes();
    assert.equal(pixel(), 0x1);
    const other = await rig.open();
    other.show(other.buffer(...other.ack(), 0x2));
    await rig.flipUntil(() => pixel() === 0x2);
    other.close();
    await rig.flipUntil(() => pixel() === 0x1);
    clock.advance(1499);
    await refreshes();
    assert.equal(pixel(), 0x1);
    clock.advance(1);
    await rig.flipUntil(() => pixel() === 0x11);
  });

  it('takes a time that has passed for now', async () => {
    clock.advance(5000);
    at(timerOf(), 1000);
    await shown(0x11);
  });

  it('holds a parent back whose subsurface waits, and what comes after it', async () => {
    await shown(0x1);
    const surface = child();
    at(timerOf(surface), 1000);
    attach(surface, 0x11);
    window.show(window.buffer(...size, 0x2));
    attach(surface, 0x22);
    await refreshes();
    assert.deepEqual([pixel(), pixel(20, 20)], [0x1, 0x1]);
    clock.advance(1000);
    await rig.flipUntil(() => pixel(20, 20) === 0x2);
    await refreshes();
    assert.equal(pixel(), 0x11, 'what was committed after its parent waits for the next of its parent’s commits');
    window.client.request(window.surface, 'commit');
    await rig.flipUntil(() => pixel() === 0x22);
  });

  it('keeps few of the pictures that a client would show some time, and gives the others back', async () => {
    await shown(0x1);
    const timer = timerOf();
    const buffers = Array.from({ length: 70 }, (_, index) => window.buffer(1, 1, index));
    for (const [index, buffer] of buffers.entries()) {
      if (index === 0) at(timer, 1000);
      window.show(buffer);
    }
    await window.client.roundtrip();
    const released = buffers.filter((buffer) => window.client.eventsOf(buffer).some(([name]) => name === 'release'));
    assert.deepEqual(released, buffers.slice(63, -1));
  });

  it('forgets what waits when the surface goes', async () => {
    await shown(0x1);
    at(timerOf(), 1000);
    const buffer = window.buffer(...size, 0x11);
    window.show(buffer);
    const { client } = window;
    for (const id of [window.toplevel, window.xdg, window.surface]) client.request(id, 'destroy');
    await client.roundtrip();
    assert.deepEqual(client.eventsOf(buffer), [['release']]);
    clock.advance(1000);
    await refreshes();
    assert.equal(client.error, undefined);
  });
});

describe('what they forbid', () => {
  const { wp_fifo_manager_v1, wp_fifo_v1, wp_commit_timing_manager_v1, wp_commit_timer_v1 } = enums;
  const lone = () => window.client.request(window.client.bind('wl_compositor'), 'create_surface');
  /** An object of a surface that has gone by then. */
  const orphan = (make: (surface: number) => number) => {
    const surface = lone();
    const made = make(surface);
    window.client.request(surface, 'destroy');
    return made;
  };
  const rules: readonly [what: string, code: number, breaks: () => void][] = [
    ['a second fifo', wp_fifo_manager_v1.error.already_exists, () => [fifoOf(), fifoOf()]],
    ...['set_barrier', 'wait_barrier'].map((request): [string, number, () => void] => [
      `${request} of a surface that has gone`,
      wp_fifo_v1.error.surface_destroyed,
      () => window.client.request(orphan(fifoOf), request),
    ]),
    ['a second timer', wp_commit_timing_manager_v1.error.commit_timer_exists, () => [timerOf(), timerOf()]],
    [
      'a second of a billion nanoseconds',
      wp_commit_timer_v1.error.invalid_timestamp,
      () => window.client.request(timerOf(), 'set_timestamp', 0, 0, 1e9),
    ],
    [
      'two times of one commit',
      wp_commit_timer_v1.error.timestamp_exists,
      () => {
        const timer = timerOf();
        for (const ms of [0, 1]) at(timer, ms);
      },
    ],
    ['a time of a surface that has gone', wp_commit_timer_v1.error.surface_destroyed, () => at(orphan(timerOf), 1)],
  ];
  for (const [what, code, breaks] of rules)
    it(what, async () => {
      breaks();
      await window.client.roundtrip();
      assert.equal(window.client.error?.code, code, window.client.error?.text);
    });

  it('but not another one after the first has gone', async () => {
    for (const make of [fifoOf, timerOf]) {
      window.client.request(make(), 'destroy');
      make();
    }
    await window.client.roundtrip();
    assert.equal(window.client.error, undefined);
  });
});
