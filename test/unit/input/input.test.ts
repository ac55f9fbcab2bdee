import assert from 'node:assert/strict';
import { rmSync, symlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { type GuestheadError } from '../../../src/errors.js';
import { nativeError } from '../../../src/testing/index.js';
import { MadeUpSeat } from '../../support/made-up-inputs.js';

const { EACCES, EBUSY, ENOBUFS, EOPNOTSUPP } = constants.errno;

let rig: MadeUpSeat;
beforeEach(() => {
  rig = new MadeUpSeat();
});
afterEach(() => {
  rig.close();
});

describe('the input of a seat', () => {
  it('is all devices but the power button, in the order of their nodes, each told', () => {
    const nodes = [
      rig.machine.plug(10, 'tablet', { slot: 3 }),
      rig.machine.plug(2, 'keyboard'),
      rig.machine.plug(0, 'powerButton'),
    ];
    const { devices } = rig.open();
    assert.deepEqual(rig.addon.added, [nodes[1], nodes[0]]);
    assert.deepEqual(
      rig.events.map((event) => event.kind === 'device' && event.added && event.device),
      devices,
    );
    const [keyboard, tablet] = devices;
    assert.deepEqual([keyboard?.absolute, tablet?.absolute], [false, true]);
    assert.equal(tablet?.pciAddress, '0000:00:03.0');
    assert.deepEqual(rig.faults, []);
  });

  it('is only what was named, a power button too; what is no device is told', () => {
    rig.machine.plug(1, 'mouse');
    const button = rig.machine.plug(0, 'powerButton');
    rig.open({ devices: [button, rig.machine.node(7)] });
    assert.deepEqual(rig.addon.added, [button]);
    assert.deepEqual(rig.codes, [['ERR_NO_DEVICE', rig.machine.node(7), undefined]]);
    rig.addon.uevent('add', rig.machine.node(1));
    assert.deepEqual(rig.addon.added, [button]);
  });

  it('is also what a link leads to, when that is there', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const link = join(rig.machine.roots.dev, 'input/by-id-mouse');
    const node = rig.machine.plug(1, 'mouse');
    symlinkSync(node, link);
    const seat = rig.open({ devices: [link] });
    assert.deepEqual(rig.addon.added, [node]);
    rig.addon.uevent('remove', rig.machine.unplug(1));
    rmSync(link);
    const other = rig.machine.plug(2, 'mouse');
    rig.addon.uevent('add', other);
    symlinkSync(other, link);
    mock.timers.tick(60);
    assert.deepEqual(rig.addon.added, [node, other]);
    assert.deepEqual(
      seat.devices.map((device) => device.node),
      [other],
    );
    assert.deepEqual(rig.faults, []);
  });

  it('hands on what a device tells, and nothing of one that it does not know', () => {
    rig.machine.plug(1, 'mouse');
    const [device] = rig.open().devices;
    rig.events.length = 0;
    rig.addon.tell(
      [1, 1, 5, 1, 2, 3, 4],
      [4, 9, 6, 30, 1],
      [3, 1, 7, 0, NaN, NaN, 15, 120],
      [2, 1, 8, 0x110, 1],
      [77, 1, 9],
    );
    assert.deepEqual(rig.events, [
      { kind: 'relative', device, timeUs: 5, dx: 1, dy: 2, dxUnaccelerated: 3, dyUnaccelerated: 4 },
      { kind: 'axis', device, timeUs: 7, source: 'wheel', horizontal: undefined, vertical: { value: 15, v120: 120 } },
      { kind: 'button', device, timeUs: 8, button: 0x110, pressed: true },
    ]);
    rig.events.length = 0;
    rig.addon.tell(
      [0, 1, 1, 0.5, 0.25],
      [5, 1, 2, 3, 0.1, 0.2],
      [6, 1, 3, 3, 0.3, 0.4],
      [7, 1, 4, 3],
      [8, 1, 5, 3],
      [9, 1, 6],
    );
    assert.deepEqual(
      rig.events.map((event): unknown[] =>
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
    rig.open();
    rig.addon.log('event processing lagging behind');
    assert.match(rig.faults[0]?.message ?? '', /libinput says: event processing/);
  });

  it('lays places on the heads that are on, also those of a device that comes later', () => {
    rig.machine.plug(1, 'tablet', { slot: 5 });
    const seat = rig.open();
    assert.deepEqual(
      seat.devices.map(({ connector }) => connector),
      [undefined],
    );
    seat.setConnectors(['Virtual-1', 'Virtual-2']);
    rig.addon.uevent('add', rig.machine.plug(2, 'tablet', { slot: 4 }));
    assert.deepEqual(
      seat.devices.map(({ connector }) => connector),
      ['Virtual-2', 'Virtual-1'],
    );
  });

  it('lights the lamps of its keyboards, and closes once', () => {
    const seat = rig.open();
    seat.setLeds(2);
    assert.equal(rig.addon.leds, 2);
    seat.close();
    seat.close();
    seat.setLeds(4);
    assert.deepEqual([rig.addon.leds, rig.addon.closed], [2, true]);
  });
});

describe('a device that cannot be had', () => {
  for (const [what, refusal, code, advice] of [
    ['is not permitted', nativeError(EACCES, 'open'), 'ERR_PERMISSION', /join the group/],
    ['is grabbed by another', nativeError(EBUSY, 'EVIOCGRAB'), 'ERR_SYSTEM', /another process has grabbed it/],
  ] as const)
    it(`because it ${what} is told with advice, and the others are had`, () => {
      const [first, second] = [rig.machine.plug(1, 'mouse'), rig.machine.plug(2, 'mouse')];
      rig.addon.refusal = refusal;
      rig.open();
      assert.deepEqual(rig.addon.added, [second]);
      assert.deepEqual(rig.codes, [[code, first, refusal.errno]]);
      assert.match((rig.faults[0] as GuestheadError).advice ?? '', advice);
    });

  it("because libinput has no use for it is told in libinput's words, where it was named", () => {
    const devices = [rig.machine.plug(1, 'mouse')];
    const refusal = Object.assign(nativeError(EOPNOTSUPP, 'libinput_path_add_device'), { log: 'not tagged\n' });
    rig.addon.refusal = refusal;
    rig.open();
    assert.deepEqual([rig.faults, rig.events], [[], []]);
    rig.addon.refusal = refusal;
    rig.open({ devices });
    assert.match(rig.faults[0]?.message ?? '', /leaves the input device alone \(not tagged\) on/);
  });
});

describe('devices that a session opens', () => {
  const held = new Map<string, number>();
  const open = (node: string) => {
    const fd = held.size + 70;
    held.set(node, fd);
    return { fd, close: () => void held.delete(node) };
  };
  afterEach(() => {
    assert.equal(held.size, 0, 'all of them are closed with the input');
  });

  it('are had by its descriptors, which are closed as they go, or are of no use', () => {
    const [first, second] = [rig.machine.plug(1, 'mouse'), rig.machine.plug(2, 'keyboard')];
    rig.addon.refusal = nativeError(EBUSY, 'EVIOCGRAB');
    rig.open({ open });
    assert.deepEqual([rig.addon.added, rig.addon.given, [...held.keys()]], [[second], [70], [second]]);
    assert.deepEqual(rig.codes, [['ERR_SYSTEM', first, EBUSY]]);
    rig.addon.uevent('remove', rig.machine.unplug(2));
    assert.equal(held.size, 0);
    rig.input?.close();
  });

  it('that it does not open are told, and the others had', () => {
    const [first, second] = [rig.machine.plug(1, 'mouse'), rig.machine.plug(2, 'keyboard')];
    const refused = new Error('not ours');
    rig.open({
      open: (node) => {
        if (node === first) throw refused;
        return open(node);
      },
    });
    assert.deepEqual([rig.addon.added, rig.faults], [[second], [refused]]);
    rig.input?.close();
  });

  it('are given back while the session is another’s, told as gone, and had again with what has come meanwhile', () => {
    const [first, second] = [rig.machine.plug(1, 'mouse'), rig.machine.plug(2, 'keyboard')];
    const seat = rig.open({ open });
    seat.suspend();
    seat.suspend();
    assert.deepEqual([rig.addon.removed, held.size, seat.devices], [[1, 2], 0, []]);
    const third = rig.machine.plug(3, 'tablet');
    rig.addon.uevent('add', third);
    rig.addon.uevent('remove', rig.machine.unplug(1));
    assert.equal(rig.addon.added.length, 2, 'nothing is opened meanwhile');
    seat.resume(open);
    seat.resume(open);
    assert.deepEqual(rig.addon.added, [first, second, second, third]);
    assert.deepEqual([...held.keys()], [second, third]);
    seat.close();
  });

  it('are opened by libinput from a `resume` on that names nobody', () => {
    const node = rig.machine.plug(1, 'mouse');
    const seat = rig.open({ open });
    seat.suspend();
    rig.addon.refusal = nativeError(EBUSY, 'EVIOCGRAB');
    seat.resume(undefined);
    assert.deepEqual(rig.codes, [['ERR_SYSTEM', node, EBUSY]]);
    seat.suspend();
    seat.resume(undefined);
    assert.deepEqual(rig.addon.given, [70, undefined]);
    seat.close();
  });
});

describe('devices that come and go', () => {
  it('are told, with what they held released before', () => {
    const seat = rig.open();
    rig.addon.uevent('add', rig.machine.plug(1, 'mouse'));
    const [device] = seat.devices;
    rig.addon.uevent('remove', rig.machine.unplug(1));
    assert.deepEqual(rig.events, [
      { kind: 'device', added: true, device },
      { kind: 'device', added: false, device },
    ]);
    assert.deepEqual([rig.addon.removed, seat.devices], [[1], []]);
    rig.addon.uevent('remove', rig.machine.node(1));
    assert.deepEqual(rig.addon.removed, [1]);
  });

  it('are all looked at again where uevents were lost: one that came back under its old name is another device', () => {
    rig.machine.plug(1, 'mouse');
    rig.machine.plug(2, 'mouse');
    rig.machine.plug(3, 'keyboard');
    rig.open();
    const [, second] = rig.addon.added;
    rig.machine.unplug(1);
    rig.machine.unplug(3);
    const back = rig.machine.plug(3, 'keyboard');
    const fresh = rig.machine.plug(4, 'mouse');
    rig.addon.overflow(ENOBUFS);
    assert.deepEqual(rig.addon.removed, [1, 3]);
    assert.deepEqual(rig.addon.added.slice(3), [back, fresh]);
    assert.ok(rig.input?.devices.some(({ node }) => node === second));
  });
});
