/** openKiosk: it opens what a kiosk needs, tells the program of it, and closes all of that again. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { openGpus, type Head } from '../../src/head/index.js';
import { openKioskOn } from '../../src/kiosk/open-kiosk.js';
import type { OpenKioskOptions } from '../../src/kiosk/open-options.js';
import type { Kiosk } from '../../src/kiosk/index.js';
import { FakeKernel } from '../../src/testing/index.js';
import { nothingHeld } from '../support/fake-head.js';
import { MadeUpSeatAddon } from '../support/made-up-seat.js';
import { native } from './support/addon.js';
import { Window } from './support/kiosk-rig.js';

const modes = [
  { width: 64, height: 48 },
  { width: 128, height: 32 },
];
let kernel = new FakeKernel();
let kiosk: Kiosk | undefined;

async function open(options: OpenKioskOptions = {}): Promise<Kiosk> {
  kernel = new FakeKernel({ connectors: modes.map((mode) => ({ modes: [mode] })) });
  kiosk = await openKioskOn({ kernel, input: 'none', ...options }, native);
  return kiosk;
}

afterEach(async () => {
  await kiosk?.close();
  kernel.close();
});

async function flipUntil(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await kernel.flip();
  }
}

describe('openKiosk', () => {
  it('opens the first head, takes clients at a socket, tells of their windows, and leaves nothing behind', async () => {
    const opened = await open();
    const told: string[] = [];
    opened.windows$.subscribe(({ kind, window }) => told.push(`${kind} ${window.title}`));
    const socket = opened.openSocket();
    assert.equal(socket.environment['WAYLAND_DISPLAY'], socket.path.split('/').at(-1));
    const window = await Window.open(socket.path);
    window.client.request(window.toplevel, 'set_title', 'sign');
    const size = window.ack();
    assert.deepEqual(size, [64, 48]);
    window.show(window.buffer(...size, 0x123456));
    await flipUntil(() => opened.heads[0].counts.shown > 0);
    assert.equal(opened.windows[0]?.client.socket, socket.path);
    window.close();
    await flipUntil(() => opened.windows.length === 0);
    assert.deepEqual(told, ['opened ', 'named sign', 'shown sign', 'hidden sign', 'closed sign']);
    await opened.close();
    await opened.close();
    assert.deepEqual(kernel.held(), nothingHeld);
    assert.equal(existsSync(socket.path), false);
  });

  it('says what is wrong with a keymap also where its GPUs wait for DRM master meanwhile, and leaves them closed', async () => {
    kernel = new FakeKernel();
    const display = kernel.discover().find(({ driver }) => driver === 'virtio_gpu');
    const holder = kernel.openNode(display?.primary ?? '');
    holder.becomeAtomicMaster();
    const file = '/nowhere/keymap';
    await assert.rejects(openKioskOn({ kernel, wait: true, input: [], keymap: { file } }, native), {
      code: 'ERR_KEYMAP',
    });
    holder.close();
    assert.deepEqual(kernel.held(), nothingHeld);
  });

  it('opens the heads that are named, in their order, and tells how they are', async () => {
    await open({ connectors: ['Virtual-2', 'auto'] });
    assert.deepEqual(
      kiosk?.heads.map(({ connector }) => connector),
      ['Virtual-2', 'Virtual-1'],
    );
    const states: string[] = [];
    kiosk.outputs$.subscribe(({ connector, state }) => states.push(`${connector} ${state.kind}`));
    await kernel.setModes([], 'Virtual-1');
    await flipUntil(() => states.length > 2);
    assert.deepEqual(states, ['Virtual-2 on', 'Virtual-1 on', 'Virtual-1 unplugged']);
  });

  it('gives each head a socket, of which the first is still the first’s when its name is found to be taken', async () => {
    const opened = await open({ connectors: ['Virtual-1', 'Virtual-2'] });
    const sockets = ['Virtual-1', 'Virtual-2'].map((connector) => opened.openSocket(connector));
    const sizes: unknown[] = [];
    for (const { path } of sockets) {
      const window = await Window.open(path);
      sizes.push(window.ack());
      window.close();
    }
    assert.deepEqual(sizes, [
      [64, 48],
      [128, 32],
    ]);
  });

  it('leaves nothing open where an app_id is given a head that there is not', async () => {
    await assert.rejects(open({ appIds: { 'org.sign': 'Virtual-7' } }), { code: 'ERR_USAGE', advice: /Virtual-1/ });
    assert.deepEqual(kernel.held(), nothingHeld);
  });

  const missing: readonly (readonly [what: string, options: OpenKioskOptions, code: string, advice: RegExp])[] = [
    ['a connector', { connectors: ['HDMI-A-1'] }, 'ERR_USAGE', /Virtual-1/],
    ['a mode', { mode: '4711x1' }, 'ERR_NO_MODE', /64x48/],
    ['a keymap', { input: 'all', keymap: { layout: 'no-such-layout' } }, 'ERR_KEYMAP', /./],
  ];
  for (const [what, options, code, advice] of missing)
    it(`refuses ${what} that there is not, before the screen changes, and leaves nothing open`, async () => {
      await assert.rejects(open(options), { code, advice });
      const changes = kernel.calls.filter((call) => call === 'modeset' || call === 'flip');
      assert.deepEqual(changes, []);
      assert.deepEqual(kernel.held(), nothingHeld);
    });

  it('refuses a display that another kiosk has, which goes on undisturbed; with `wait` it takes its turn', async () => {
    const first = await open();
    const window = await Window.open(first.openSocket().path);
    const size = window.ack();
    window.show(window.buffer(...size, 0x123456));
    await flipUntil(() => first.counts.shown > 0);
    kernel.takeMaster(); // as the other process has it
    const shown = () => kernel.screen().picture?.pixels?.[0];
    const before = shown();
    await assert.rejects(openKioskOn({ kernel, input: 'none' }, native), { code: 'ERR_NOT_MASTER' });
    assert.equal(shown(), before);
    const waits: string[] = [];
    const second = openKioskOn({ kernel, input: 'none', wait: true, onWait: ({ code }) => waits.push(code) }, native);
    while (waits.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    assert.deepEqual(waits, ['ERR_NOT_MASTER']);
    await first.close();
    kernel.dropMaster();
    await (await second).close();
    window.close();
  });

  /** Of a kiosk that is given heads; told as it is opened, before anybody has noticed anything. */
  async function openedAs(happens: () => unknown, reopen: boolean, heads: number): Promise<Kiosk> {
    kernel = new FakeKernel({ connectors: modes.map((mode) => ({ modes: [mode] })) });
    const gpus = await openGpus({ kernel, reopen });
    const opened: Head[] = [];
    for (let head = 0; head < heads; head++) opened.push(await gpus.openHead());
    const opening = openKioskOn({ heads: opened, input: 'none' }, native);
    happens();
    kiosk = await opening;
    const kioskClose = kiosk.close.bind(kiosk);
    kiosk.close = () => kioskClose().finally(() => gpus.close());
    return kiosk;
  }

  for (const heads of [1, 2])
    it(`has lost a display that goes as its ${heads === 1 ? 'head is' : 'heads are'} opened, and throws nothing`, async () => {
      const opened = await openedAs(() => kernel.unplug('display', { silent: true }), false, heads);
      await turn();
      const states: string[] = [];
      opened.outputs$.subscribe(({ state }) => states.push(state.kind));
      assert.deepEqual(states, Array<string>(heads).fill('lost'));
    });

  it('shows its clients on a display that went as its head was opened, once it is back, where that was asked for', async () => {
    const opened = await openedAs(() => kernel.unplug('display', { silent: true }), true, 1);
    await turn();
    const window = await Window.open(opened.openSocket().path);
    window.show(window.buffer(...window.ack(), 0x123456));
    await kernel.plug();
    await flipUntil(() => opened.counts.shown > 0);
    window.close();
  });

  it('tells what else keeps its first frame off', async () => {
    const opened = await openedAs(
      () => kernel.fail('createScanout', constants.errno.EMFILE, { times: Infinity }),
      false,
      1,
    );
    const told: unknown[] = [];
    opened.faults$.subscribe(({ error }) => told.push(error));
    await turn();
    assert.match(String(told), /EMFILE/);
  });

  it('has its display from a session that was asked for, leaves it to another one, and has it back: its client stays', async () => {
    process.env['LIBSEAT_BACKEND'] = 'seatd';
    const seat = new MadeUpSeatAddon();
    const addon = { ...native, loadSeat: () => seat.loadSeat(), openSession: seat.openSession.bind(seat) };
    kernel = new FakeKernel();
    kiosk = await openKioskOn({ kernel, input: 'none', seat: 'libseat', reopen: true }, addon);
    delete process.env['LIBSEAT_BACKEND'];
    assert.deepEqual([kiosk.seat.by, seat.open.size], ['libseat', 1]);
    const states: string[] = [];
    kiosk.outputs$.subscribe(({ state }) => states.push(state.kind));
    const faults: unknown[] = [];
    kiosk.faults$.subscribe(({ error }) => faults.push(error));
    const window = await Window.open(kiosk.openSocket().path);
    const size = window.ack();
    const shown = () => kiosk?.heads[0].counts.shown ?? 0;
    const show = async (colour: number) => {
      const before = shown();
      window.show(window.buffer(...size, colour));
      await flipUntil(() => shown() > before);
    };
    await show(0x111111);
    seat.tell('disabled');
    assert.equal(await kernel.flip(), 0);
    seat.tell('enabled');
    await show(0x222222);
    // A display that comes back comes by the session, too.
    await kernel.unplug();
    await kernel.plug();
    await flipUntil(() => states.at(-1) === 'on' && states.includes('lost'));
    await show(0x333333);
    assert.deepEqual(states, ['on', 'waiting for master', 'on', 'lost', 'on']);
    // It outlives the daemon, and the one that is there again opens the display.
    process.env['LIBSEAT_BACKEND'] = 'seatd';
    seat.atOnce = 'enabled';
    seat.tell('gone', 32, 'Broken pipe');
    await show(0x444444);
    states.length = 0;
    await flipUntil(() => states.at(-1) === 'on' && states.includes('lost'));
    delete process.env['LIBSEAT_BACKEND'];
    await show(0x555555);
    assert.deepEqual(
      faults.map((fault) => (fault as { code: string }).code),
      ['ERR_DEVICE_LOST', 'ERR_SEAT', 'ERR_SEAT'],
    );
    assert.equal(seat.calls.filter((call) => call.startsWith('openDevice')).length, 3);
    assert.equal(kernel.parked, 1, 'the one that was gone; the other is closed');
    assert.equal(kiosk.clientCounts.total, 1);
    window.close();
    await kiosk.close();
    assert.deepEqual([seat.open.size, seat.calls.at(-1)], [0, 'close']);
    assert.deepEqual(kernel.held(), nothingHeld);
  });

  it('opens nothing where the session that was asked for is not to be had', async () => {
    process.env['LIBSEAT_BACKEND'] = 'seatd';
    const seat = new MadeUpSeatAddon();
    seat.refusals.set('openSession', new Error('refused'));
    kernel = new FakeKernel();
    const addon = { ...native, openSession: seat.openSession.bind(seat) };
    await assert.rejects(openKioskOn({ kernel, input: 'none', seat: 'libseat' }, addon), { code: 'ERR_SEAT' });
    delete process.env['LIBSEAT_BACKEND'];
    assert.deepEqual(kernel.held(), nothingHeld);
    assert.deepEqual(kernel.calls, []);
  });

  const wrong: [what: string, options: object][] = [
    ['a scale', { scale: 9 }],
    ['a rotation', { rotation: 45 }],
    ['input', { input: 'some' }],
    ['a cursor', { cursor: 0 }],
    ['a background', { background: 'red' }],
    ['a layout', { layout: 'left' }],
    ['connectors', { connectors: [] }],
    ['heads and connectors', { heads: [{ present: () => undefined, turn$: {} }], connectors: ['Virtual-1'] }],
    ['a mode', { mode: 'large' }],
    ['who draws', { draw: 'gpu' }],
    ['a seat', { seat: 'seatd' }],
    ['a seat and a display', { seat: 'libseat', displayFd: 3 }],
  ];
  for (const [what, options] of wrong)
    it(`refuses ${what} that cannot be, before it opens anything`, async () => {
      await assert.rejects(open(options), { code: 'ERR_USAGE' });
      assert.deepEqual(kernel.calls, []);
    });
});
