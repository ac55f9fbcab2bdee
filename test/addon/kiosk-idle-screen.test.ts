/** A kiosk that nobody uses is dark, and what wakes it is told to no client. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { IdleScreen } from '../../src/kiosk/idle-screen.js';
import type { IdleLook } from '../../src/kiosk/index.js';
import type { InputEvent } from '../../src/input/index.js';
import { HandClock } from '../support/loop-rig.js';
import { device } from '../support/seat-rig.js';
import type { KioskOptions } from '../../src/kiosk/index.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';

let rig: KioskRig;
let idle: IdleScreen;
let clock: HandClock;
afterEach(async () => {
  idle.close();
  await rig.close();
});

const afterMs = 60_000;
const colour = 0x123456;
const shown = () => (rig.pixels()?.[0] ?? -1) & 0xffffff;
const key = (code: number, pressed: boolean): InputEvent => ({ kind: 'key', device, timeUs: 0, key: code, pressed });

/** As the command has it. */
function input(event: InputEvent): void {
  if (!idle.takes(event)) rig.kiosk.input(event);
}

/** A kiosk with a window that fills it, and a keyboard of that client's. */
async function used(look: IdleLook, options: KioskOptions = {}): Promise<{ window: Window; keyboard: number }> {
  clock = new HandClock();
  rig = await KioskRig.open({ clock, ...options });
  const faults: unknown[] = [];
  idle = new IdleScreen({ kiosk: rig.kiosk, afterMs, look, onFault: (error) => faults.push(error) });
  input({ kind: 'device', added: true, device });
  const window = await rig.open();
  const size = window.ack();
  const keyboard = window.client.request(window.client.bind('wl_seat'), 'get_keyboard');
  window.show(window.buffer(...size, colour));
  await rig.flipUntil(() => shown() === colour);
  return { window, keyboard };
}

const keysOf = (window: Window, keyboard: number) =>
  window.client
    .eventsOf(keyboard)
    .filter(([name]) => name === 'key')
    .map(([, , , code, state]) => [code, state]);

describe('a kiosk that nobody uses', () => {
  it('is black after the time, and shows its client again at the first key, which that does not hear of', async () => {
    const { window, keyboard } = await used('black');
    clock.advance(afterMs - 1);
    assert.equal(shown(), colour);
    clock.advance(1);
    await rig.flipUntil(() => shown() === 0);
    input(key(30, true));
    await rig.flipUntil(() => shown() === colour);
    input(key(30, false));
    input(key(31, true));
    input(key(31, false));
    await window.client.roundtrip();
    assert.deepEqual(keysOf(window, keyboard), [
      [31, 1],
      [31, 0],
    ]);
    window.close();
  });

  it('is turned off, and on again in its mode', async () => {
    const { window } = await used('off');
    clock.advance(afterMs);
    const off = () => rig.kernel.screen().picture === undefined;
    await rig.flipUntil(off);
    input({ kind: 'motion', device, timeUs: 0, x: 0.5, y: 0.5 });
    await rig.flipUntil(() => !off() && shown() === colour);
    window.close();
  });

  it('lets a client hear of the end of what began before', async () => {
    const { window, keyboard } = await used('black');
    input(key(30, true));
    clock.advance(afterMs);
    await rig.flipUntil(() => shown() === 0);
    input(key(30, false));
    await rig.flipUntil(() => shown() === colour);
    await window.client.roundtrip();
    assert.deepEqual(keysOf(window, keyboard), [
      [30, 1],
      [30, 0],
    ]);
    window.close();
  });

  it('swallows a whole touch, and no other one', async () => {
    const { window } = await used('black');
    const touch = window.client.request(window.client.bind('wl_seat'), 'get_touch');
    const at = { device, timeUs: 0, x: 0.5, y: 0.5 };
    clock.advance(afterMs);
    await rig.flipUntil(() => shown() === 0);
    const waking: InputEvent[] = [
      { kind: 'touch-down', slot: 0, ...at },
      { kind: 'touch-motion', slot: 0, ...at },
      { kind: 'touch-up', slot: 0, device, timeUs: 0 },
      { kind: 'touch-frame', device, timeUs: 0 },
    ];
    for (const event of waking) input(event);
    await rig.flipUntil(() => shown() === colour);
    await window.client.roundtrip();
    assert.deepEqual(window.client.eventsOf(touch), []);
    for (const event of waking) input(event);
    await rig.flipUntil(() => window.client.eventsOf(touch).some(([name]) => name === 'down'));
    window.close();
  });

  it('stays as it is while a client that is seen inhibits that', async () => {
    const { window } = await used('black');
    const { client, surface } = window;
    const inhibitor = client.request(client.bind('zwp_idle_inhibit_manager_v1'), 'create_inhibitor', surface);
    await client.roundtrip();
    clock.advance(10 * afterMs);
    for (let refresh = 0; refresh < 3; refresh++) await rig.kernel.flip();
    assert.equal(shown(), colour);
    client.request(inhibitor, 'destroy');
    await client.roundtrip();
    clock.advance(afterMs);
    await rig.flipUntil(() => shown() === 0);
    window.close();
  });
});

describe('the last picture of a kiosk that nobody uses and no client is in', () => {
  const nothing = { background: undefined };
  const ways = [
    ['that was drawn', false],
    ['that was a client’s own buffer', true],
  ] as const;
  for (const [what, isDirect] of ways)
    for (const look of ['black', 'off'] as const)
      it(`${what} is there again when somebody comes, after the screen was ${look}`, async () => {
        const { window } = await used(look, nothing);
        if (isDirect) await showAsItIs(window);
        const last = shown();
        window.close();
        await rig.flipUntil(() => rig.kiosk.clientCounts.now === 0);
        for (let refresh = 0; refresh < 3; refresh++) await rig.kernel.flip();
        assert.equal(shown(), last);
        clock.advance(afterMs);
        const dark = () => rig.kernel.screen().picture === undefined || shown() === 0;
        await rig.flipUntil(dark);
        input(key(30, true));
        await rig.flipUntil(() => !dark() && shown() === last);
        assert.ok(rig.pixels()?.every((pixel) => (pixel & 0xffffff) === last));
      });

  it('is not shown in place of a client that comes meanwhile, nor of a background', async () => {
    const { window } = await used('black', nothing);
    window.close();
    clock.advance(afterMs);
    await rig.flipUntil(() => shown() === 0);
    const other = await rig.open();
    await rig.fill(other, 0x654321);
    input(key(30, true));
    await rig.flipUntil(() => shown() === 0x654321);
    other.close();
    await rig.flipUntil(() => rig.kiosk.clientCounts.now === 0);
    rig.kiosk.setBackground(0x111111);
    await rig.flipUntil(() => shown() === 0x111111);
  });

  /** Two buffers in turn, of which the second time is without a copy. */
  async function showAsItIs(window: Window): Promise<void> {
    const { width, height } = rig.head.info.mode;
    const buffers = [0x222222, 0x333333].map((each) => window.buffer(width, height, each));
    for (const buffer of [...buffers, ...buffers]) {
      const callback = window.show(buffer);
      await rig.flipUntil(() => window.client.eventsOf(callback).length > 0);
    }
    assert.equal(rig.kiosk.counts.direct, 2);
  }
});
