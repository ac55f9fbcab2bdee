/** What a subsurface commits for itself while a commit of its parent's, which has an earlier one with it, still waits. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HandClock } from '../support/loop-rig.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';

let rig: KioskRig;
let clock: HandClock;
let window: Window;
let size: [width: number, height: number];
let timer: number | undefined;

beforeEach(async () => {
  clock = new HandClock();
  rig = await KioskRig.open({ clock });
  window = await rig.open();
  size = window.ack();
  timer = undefined;
});

afterEach(async () => {
  window.close();
  await rig.close();
});

const pixel = (x = 0, y = 0) => (rig.pixels()?.[y * size[0] + x] ?? 0) & 0xffffff;

/** The window's next commit waits until then, in ms of the kiosk's clock. */
function waitUntil(ms: number): void {
  timer ??= window.client.request(window.client.bind('wp_commit_timing_manager_v1'), 'get_timer', window.surface);
  window.client.request(timer, 'set_timestamp', 0, Math.floor(ms / 1000), (ms % 1000) * 1e6);
}

async function shown(colour: number): Promise<void> {
  window.show(window.buffer(...size, colour));
  await rig.flipUntil(() => pixel() === colour);
}

/** Refreshes in which what was sent would have been shown. */
async function refreshes(): Promise<void> {
  await window.client.roundtrip();
  for (let count = 0; count < 3; count++) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await rig.kernel.flip();
  }
}

/** On the window's own surface, whose commits it waits for. */
function subsurface(): { readonly surface: number; readonly subsurface: number } {
  const { client } = window;
  const surface = client.request(client.bind('wl_compositor'), 'create_surface');
  const made = client.request(client.bind('wl_subcompositor'), 'get_subsurface', surface, window.surface);
  return { surface, subsurface: made };
}

function attach(surface: number, colour: number): void {
  window.client.request(surface, 'attach', window.buffer(10, 10, colour), 0, 0);
  window.client.request(surface, 'damage_buffer', 0, 0, 10, 10);
  window.client.request(surface, 'commit');
}

describe('a subsurface that is desynchronised', () => {
  it('keeps the order of a subsurface that waits for its parent’s no longer while that still does', async () => {
    await shown(0x1);
    const { surface, subsurface: role } = subsurface();
    const request = (name: string) => window.client.request(role, name);
    attach(surface, 0x11);
    waitUntil(1000);
    window.show(window.buffer(...size, 0x2));
    request('set_desync');
    attach(surface, 0x22);
    request('set_sync');
    attach(surface, 0x33);
    waitUntil(2000);
    window.show(window.buffer(...size, 0x3));
    request('set_desync');
    attach(surface, 0x44);
    await refreshes();
    assert.deepEqual([pixel(), pixel(20, 20)], [0x1, 0x1]);
    clock.advance(1000);
    await rig.flipUntil(() => pixel(20, 20) === 0x2);
    await refreshes();
    assert.equal(pixel(), 0x22);
    clock.advance(1000);
    await rig.flipUntil(() => pixel(20, 20) === 0x3);
    await refreshes();
    assert.equal(pixel(), 0x44);
    window.client.request(surface, 'attach', window.buffer(10, 10, 0x55), 0, 0);
    window.client.request(surface, 'commit');
    await rig.flipUntil(() => pixel() === 0x55);
  });

  it('keeps few of the pictures that a client would show between many of its parent’s commits', async () => {
    await shown(0x1);
    const { surface, subsurface: role } = subsurface();
    const { client } = window;
    const between = Array.from({ length: 100 }, () => window.buffer(1, 1, 0x22));
    waitUntil(1000);
    for (const buffer of between) {
      client.request(role, 'set_desync');
      client.request(surface, 'attach', buffer, 0, 0);
      client.request(surface, 'commit');
      client.request(role, 'set_sync');
      client.request(surface, 'damage', 0, 0, 1, 1);
      client.request(surface, 'commit');
      client.request(window.surface, 'commit');
    }
    await client.roundtrip();
    const released = between.filter((buffer) => client.eventsOf(buffer).some(([name]) => name === 'release'));
    const kept = between.length - released.length;
    assert.ok(kept <= 64, `${kept} were kept`);
  });

  it('gives back what a subsurface shows behind a parent’s commit that is never applied', async () => {
    await shown(0x1);
    const { surface, subsurface: role } = subsurface();
    const { client } = window;
    attach(surface, 0x11);
    waitUntil(1000);
    window.show(window.buffer(...size, 0x2));
    client.request(role, 'set_desync');
    const [first, second] = [0x22, 0x33].map((colour) => window.buffer(10, 10, colour)) as [number, number];
    for (const buffer of [first, second]) {
      client.request(surface, 'attach', buffer, 0, 0);
      client.request(surface, 'commit');
    }
    for (const id of [window.toplevel, window.xdg, window.surface]) client.request(id, 'destroy');
    await client.roundtrip();
    assert.deepEqual([client.eventsOf(first), client.eventsOf(second)], [[['release']], []]);
    client.request(surface, 'attach', 0, 0, 0);
    client.request(surface, 'commit');
    await client.roundtrip();
    assert.deepEqual(client.eventsOf(second), [['release']]);
  });
});
