import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import type { InputEvent } from '../../../src/input/events.js';
import { openInput, type Input, type InputOptions } from '../../../src/input/index.js';
import type { InputAddon } from '../../../src/native-input.js';
import { GuestheadError } from '../../../src/errors.js';
import { nativeError } from '../../../src/testing/index.js';
import { FakeInputAddon, MadeUpInputs } from '../../support/made-up-inputs.js';

const { EACCES, EBUSY, ENOBUFS, EOPNOTSUPP } = constants.errno;

let machine: MadeUpInputs;
let addon: FakeInputAddon;
let events: InputEvent[];
let faults: Error[];
let input: Input | undefined;
beforeEach(() => {
  machine = new MadeUpInputs();
  addon = new FakeInputAddon();
  events = [];
  faults = [];
});
afterEach(() => {
  input?.close();
  input = undefined;
  machine.remove();
  mock.timers.reset();
});

function open(options: Partial<InputOptions> = {}): Input {
  const onEvent = (event: InputEvent) => events.push(event);
  const onFault = (error: Error) => faults.push(error);
  const whole = addon as unknown as InputAddon & FakeInputAddon;
  input = openInput({ addon: whole, roots: machine.roots, onEvent, onFault, ...options });
  return input;
}

function faultsOf(): unknown[] {
  return faults.map((error) => (error instanceof GuestheadError ? [error.code, error.device, error.errno] : error));
}

describe('the input of a seat', () => {
  it('is all devices but the power button, in the order of their nodes, each told', () => {
    const nodes = [
      machine.plug(10, 'tablet', { slot: 3 }),
      machine.plug(2, 'keyboard'),
      machine.plug(0, 'powerButton'),
    ];
    const { devices } = open();
    assert.deepEqual(addon.added, [nodes[1], nodes[0]]);
    assert.deepEqual(
      events.map((event) => event.kind === 'device' && event.added && event.device),
      devices,
    );
    const [keyboard, tablet] = devices;
    assert.deepEqual([keyboard?.absolute, tablet?.absolute], [false, true]);
    assert.equal(tablet?.pciAddress, '0000:00:03.0');
    assert.deepEqual(faults, []);
  });

  it('is only what was named, a power button too; what is no device is told', () => {
    machine.plug(1, 'mouse');
    const button = machine.plug(0, 'powerButton');
    open({ devices: [button, machine.node(7)] });
    assert.deepEqual(addon.added, [button]);
    assert.deepEqual(faultsOf(), [['ERR_NO_DEVICE', machine.node(7), undefined]]);
    addon.uevent('add', machine.node(1));
    assert.deepEqual(addon.added, [button]);
  });

  it('hands on what a device tells, and nothing of one that it does not know', () => {
    machine.plug(1, 'mouse');
    const [device] = open().devices;
    events = [];
    addon.tell(
      [1, 1, 5, 1, 2, 3, 4],
      [4, 9, 6, 30, 1],
      [3, 1, 7, 0, NaN, NaN, 15, 120],
      [2, 1, 8, 0x110, 1],
      [77, 1, 9],
    );
    assert.deepEqual(events, [
      { kind: 'relative', device, timeUs: 5, dx: 1, dy: 2, dxUnaccelerated: 3, dyUnaccelerated: 4 },
      { kind: 'axis', device, timeUs: 7, source: 'wheel', horizontal: undefined, vertical: { value: 15, v120: 120 } },
      { kind: 'button', device, timeUs: 8, button: 0x110, pressed: true },
    ]);
    events = [];
    addon.tell(
      [0, 1, 1, 0.5, 0.25],
      [5, 1, 2, 3, 0.1, 0.2],
      [6, 1, 3, 3, 0.3, 0.4],
      [7, 1, 4, 3],
      [8, 1, 5, 3],
      [9, 1, 6],
    );
    assert.deepEqual(
      events.map((event): unknown[] =>
        Object.values({ ...event, device: undefined }).filter((value) => value !== undefined),
      ),
      [
        ['motion', 1, 0.5, 0.25],
        ['touch-down', 2, 3, 0.1, 0.2],
        ['touch-motion', 3, 3, 0.3, 0.4],
        ['touch-up', 4, 3],
        ['touch-cancel', 5, 3],
        ['touch-frame', 6],
      ],
    );
  });

  it('tells what libinput complains of', () => {
    open();
    addon.log('event processing lagging behind');
    assert.match(faults[0]?.message ?? '', /libinput says: event processing/);
  });

  it('lays places on the heads that are on, also those of a device that comes later', () => {
    machine.plug(1, 'tablet', { slot: 5 });
    const seat = open();
    assert.deepEqual(
      seat.devices.map(({ connector }) => connector),
      [undefined],
    );
    seat.setConnectors(['Virtual-1', 'Virtual-2']);
    addon.uevent('add', machine.plug(2, 'tablet', { slot: 4 }));
    assert.deepEqual(
      seat.devices.map(({ connector }) => connector),
      ['Virtual-2', 'Virtual-1'],
    );
  });

  it('lights the lamps of its keyboards, and closes once', () => {
    const seat = open();
    seat.setLeds(2);
    assert.equal(addon.leds, 2);
    seat.close();
    seat.close();
    seat.setLeds(4);
    assert.deepEqual([addon.leds, addon.closed], [2, true]);
  });
});

describe('a device that cannot be had', () => {
  for (const [what, refusal, code, advice] of [
    ['is not permitted', nativeError(EACCES, 'open'), 'ERR_PERMISSION', /join the group/],
    ['is grabbed by another', nativeError(EBUSY, 'EVIOCGRAB'), 'ERR_SYSTEM', /another process has grabbed it/],
  ] as const)
    it(`because it ${what} is told with advice, and the others are had`, () => {
      const [first, second] = [machine.plug(1, 'mouse'), machine.plug(2, 'mouse')];
      addon.refusal = refusal;
      open();
      assert.deepEqual(addon.added, [second]);
      assert.deepEqual(faultsOf(), [[code, first, refusal.errno]]);
      assert.match((faults[0] as GuestheadError).advice ?? '', advice);
    });

  it("because libinput wants none of it is told in libinput's words", () => {
    machine.plug(1, 'mouse');
    addon.refusal = Object.assign(nativeError(EOPNOTSUPP, 'libinput_path_add_device'), { log: 'not tagged\n' });
    open();
    assert.match(faults[0]?.message ?? '', /leaves the input device alone \(not tagged\) on/);
  });
});

describe("udev's record", () => {
  it('is missing where no udevd runs: the device is left alone and told', () => {
    const node = machine.plug(1, 'mouse', { seen: false });
    open();
    assert.deepEqual(addon.added, []);
    assert.deepEqual(faultsOf(), [['ERR_UNSUPPORTED', node, undefined]]);
    assert.match((faults[0] as GuestheadError).advice ?? '', /udevd/);
  });

  it('is written where that was asked for, and taken back in the end; what stood there stays', () => {
    machine.plug(1, 'keyboard', { seen: false });
    machine.plug(2, 'mouse');
    const seat = open({ records: true });
    assert.match(
      readFileSync(machine.record(1), 'utf8'),
      /^I:\d+\nE:ID_INPUT=1\n(E:.*\n)*E:ID_INPUT_KEYBOARD=1\nV:1\n$/,
    );
    assert.equal(addon.added.length, 2);
    seat.close();
    assert.deepEqual([existsSync(machine.record(1)), existsSync(machine.record(2))], [false, true]);
  });

  it('is taken back with its device, and where the device could not be had', () => {
    open({ records: true });
    addon.uevent('add', machine.plug(1, 'mouse', { seen: false }));
    assert.equal(existsSync(machine.record(1)), true);
    addon.uevent('remove', machine.unplug(1));
    addon.refusal = nativeError(EBUSY, 'EVIOCGRAB');
    addon.uevent('add', machine.plug(2, 'mouse', { seen: false }));
    assert.deepEqual([existsSync(machine.record(1)), existsSync(machine.record(2))], [false, false]);
  });

  it('is waited for where udevd runs, without holding the event loop', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    machine.startUdevd();
    const node = machine.plug(1, 'mouse', { seen: false });
    open({ records: true });
    mock.timers.tick(60);
    assert.deepEqual(addon.added, []);
    machine.sees(1);
    mock.timers.tick(60);
    assert.deepEqual(addon.added, [node]);
    assert.deepEqual(faults, []);
  });

  it('that udevd never writes is told once', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    machine.startUdevd();
    const node = machine.plug(1, 'mouse', { seen: false });
    open();
    for (let looks = 0; looks < 200; looks++) mock.timers.tick(50);
    assert.deepEqual(faultsOf(), [['ERR_UNSUPPORTED', node, undefined]]);
  });

  it('is not waited for once its device has gone', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    machine.startUdevd();
    machine.plug(1, 'mouse', { seen: false });
    open();
    addon.uevent('remove', machine.unplug(1));
    machine.sees(1);
    mock.timers.tick(100);
    assert.deepEqual([addon.added, faults], [[], []]);
  });
});

describe('devices that come and go', () => {
  it('are told, with what they held released before', () => {
    const seat = open();
    addon.uevent('add', machine.plug(1, 'mouse'));
    const [device] = seat.devices;
    addon.uevent('remove', machine.unplug(1));
    assert.deepEqual(events, [
      { kind: 'device', added: true, device },
      { kind: 'device', added: false, device },
    ]);
    assert.deepEqual([addon.removed, seat.devices], [[1], []]);
    addon.uevent('remove', machine.node(1));
    assert.deepEqual(addon.removed, [1]);
  });

  it('are all looked at again where uevents were lost: one that came back under its old name is another device', () => {
    machine.plug(1, 'mouse');
    machine.plug(2, 'mouse');
    machine.plug(3, 'keyboard');
    open();
    const [, second] = addon.added;
    machine.unplug(1);
    machine.unplug(3);
    const back = machine.plug(3, 'keyboard');
    const fresh = machine.plug(4, 'mouse');
    addon.overflow(ENOBUFS);
    assert.deepEqual(addon.removed, [1, 3]);
    assert.deepEqual(addon.added.slice(3), [back, fresh]);
    assert.ok(input?.devices.some(({ node }) => node === second));
  });
});
