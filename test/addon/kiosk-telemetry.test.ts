/** What a kiosk tells of its clients and their pictures, on the real libwayland and a fake display. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { InputEvent } from '../../src/input/index.js';
import type { PictureOutcome } from '../../src/kiosk/index.js';
import { monotonicClock } from '../../src/loop/index.js';
import type { Client, ClientEnd } from '../../src/wayland/index.js';
import { until } from '../support/fake-head.js';
import { device } from '../support/seat-rig.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';

let rig: KioskRig;
const windows: Window[] = [];

beforeEach(async () => {
  rig = await KioskRig.open();
});

afterEach(async () => {
  for (const window of windows.splice(0)) window.close();
  await rig.close();
});

async function open(): Promise<Window> {
  const window = await rig.open();
  windows.push(window);
  return window;
}

function watch(): PictureOutcome[] {
  const pictures: PictureOutcome[] = [];
  rig.kiosk.pictures$.subscribe((picture) => pictures.push(picture));
  return pictures;
}

/** By a user of now. */
function type(key: number): void {
  const event: InputEvent = { kind: 'key', device, timeUs: monotonicClock.now() * 1000, key, pressed: true };
  rig.kiosk.input(event);
}

describe('a kiosk’s pictures', () => {
  it('are told of with when they were committed, and when and how they came to which head', async () => {
    const pictures = watch();
    const window = await open();
    const size = window.ack();
    const buffer = window.buffer(...size, 0x111111);
    const before = monotonicClock.now();
    await rig.fill(window, 0x222222, size);
    const callback = window.show(buffer);
    await rig.flipUntil(() => window.client.eventsOf(callback).length > 0);
    const again = window.show(buffer);
    await rig.flipUntil(() => window.client.eventsOf(again).length > 0);
    assert.deepEqual(
      pictures.map(({ shown, inputMs }) => [shown?.connector, shown?.zeroCopy, inputMs]),
      [
        ['Virtual-1', false, undefined],
        ['Virtual-1', false, undefined],
        ['Virtual-1', true, undefined],
      ],
    );
    assert.ok(pictures.every(({ committedMs }) => committedMs >= before && committedMs <= monotonicClock.now()));
    assert.equal(new Set(pictures.map(({ client }) => client)).size, 1);
  });

  it('that another one replaces before a flip, or that nobody sees, are told of as unseen', async () => {
    const pictures = watch();
    const window = await open();
    const size = window.ack();
    const buffers = [1, 2].map((colour) => window.buffer(...size, colour));
    await window.client.roundtrip(); // so that both commits come with one read
    for (const buffer of buffers) window.show(buffer);
    await rig.flipUntil(() => pictures.length === 2);
    assert.deepEqual(
      pictures.map(({ shown }) => shown?.connector),
      [undefined, 'Virtual-1'],
    );
  });

  it('answer the first event of the user’s that their client was sent since the picture before', async () => {
    rig.kiosk.input({ kind: 'device', added: true, device });
    const pictures = watch();
    const [behind, window] = [await open(), await open()];
    await rig.fill(behind, 0x111111);
    const size = window.ack();
    await rig.fill(window, 0x222222, size);
    pictures.length = 0;
    const typedMs = monotonicClock.now();
    for (const key of [30, 31]) type(key);
    const afterMs = monotonicClock.now();
    await rig.fill(window, 0x333333, size);
    await rig.fill(window, 0x444444, size);
    const [first, second] = pictures;
    assert.ok(first?.inputMs !== undefined && first.inputMs >= typedMs && first.inputMs <= afterMs);
    assert.ok(first.committedMs >= first.inputMs);
    assert.equal(second?.inputMs, undefined, 'it was answered before');
  });

  it('do not answer what was done more than a second before', async () => {
    rig.kiosk.input({ kind: 'device', added: true, device });
    const pictures = watch();
    const window = await open();
    const size = window.ack();
    await rig.fill(window, 0x222222, size);
    const longAgo = (monotonicClock.now() - 1500) * 1000;
    rig.kiosk.input({ kind: 'key', device, timeUs: longAgo, key: 30, pressed: true });
    await rig.fill(window, 0x333333, size);
    assert.equal(pictures.at(-1)?.inputMs, undefined);
    type(31);
    await rig.fill(window, 0x444444, size);
    assert.notEqual(pictures.at(-1)?.inputMs, undefined, 'what is stale does not hide what is not');
  });

  it('are of no matter where nobody listens', async () => {
    const window = await open();
    const size = window.ack();
    await rig.fill(window, 0x111111, size);
    const pictures = watch();
    await rig.fill(window, 0x222222, size);
    assert.equal(pictures.length, 1);
  });
});

describe('a kiosk’s clients', () => {
  const ends: readonly [what: ClientEnd, end: (window: Window, client: Client) => void][] = [
    ['left', (window) => window.client.close()],
    ['error', ({ client, xdg }) => client.request(xdg, 'get_toplevel')],
    ['error', ({ client }) => client.raw(new Uint8Array(new Uint32Array([4711, 8 << 16]).buffer))],
    ['too much', (_window, client) => client.refuseMore()],
    ['ended', (_window, client) => client.destroy()],
  ];
  for (const [what, end] of ends)
    it(`are counted as ${what} by what has ended them: ${String(end).replaceAll(/\s+/g, ' ')}`, async () => {
      const gone: Client[] = [];
      let came: Client | undefined;
      rig.kiosk.clients$.subscribe((client) => (came = client));
      rig.kiosk.gone$.subscribe((client) => gone.push(client));
      const window = await open();
      const { clientCounts } = rig.kiosk;
      assert.deepEqual([clientCounts.now, clientCounts.total], [1, 1]);
      const client = came ?? assert.fail('no client came');
      assert.equal(client.end, undefined);
      end(window, client);
      await until(() => gone.length > 0);
      assert.deepEqual([gone, client.end, client.alive], [[client], what, false]);
      assert.deepEqual([clientCounts.now, clientCounts.total, clientCounts.ended[what]], [0, 1, 1]);
      const others = Object.values(clientCounts.ended).reduce((sum, count) => sum + count, 0);
      assert.equal(others, 1);
    });

  it('that ask for more objects than one may have are counted as such', async () => {
    const { clientCounts } = rig.kiosk;
    const { client } = await open();
    const compositor = client.bind('wl_compositor');
    for (let count = 0; count < 4200; count++) client.request(compositor, 'create_surface');
    await client.end();
    await until(() => clientCounts.now === 0);
    assert.equal(clientCounts.ended['too much'], 1);
  });
});
