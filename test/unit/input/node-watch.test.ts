import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import type { GuestheadError } from '../../../src/errors.js';
import { nativeError } from '../../../src/testing/index.js';
import { MadeUpSeat } from '../../support/made-up-inputs.js';

const { EBUSY, ENOTDIR } = constants.errno;

let rig: MadeUpSeat;
beforeEach(() => {
  rig = new MadeUpSeat();
});
afterEach(() => {
  rig.close();
});

describe('devices that are opened one by one', () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('leave a turn of the loop to others between each two', async () => {
    for (const number of [1, 2, 3]) rig.machine.plug(number, 'mouse');
    const seat = rig.open({ oneByOne: true });
    for (const opened of [0, 1, 2, 3]) {
      assert.equal(seat.devices.length, opened);
      await turn();
    }
    assert.equal(seat.devices.length, 3);
  });

  it('are opened no more once all is closed', async () => {
    for (const number of [1, 2]) rig.machine.plug(number, 'mouse');
    const seat = rig.open({ oneByOne: true });
    await turn();
    seat.close();
    await turn();
    assert.equal(rig.addon.added.length, 1);
  });
});

describe("udev's record", () => {
  it('is missing where no udevd runs: the device is left alone and told', () => {
    const node = rig.machine.plug(1, 'mouse', { seen: false });
    rig.open();
    assert.deepEqual(rig.addon.added, []);
    assert.deepEqual(rig.codes, [['ERR_UNSUPPORTED', node, undefined]]);
    assert.match((rig.faults[0] as GuestheadError).advice ?? '', /udevd/);
  });

  it('that cannot be written is told with its errno', () => {
    const node = rig.machine.plug(1, 'mouse', { seen: false });
    writeFileSync(rig.machine.roots.run, '');
    rig.open({ records: true });
    assert.deepEqual(rig.codes, [['ERR_SYSTEM', node, ENOTDIR]]);
    assert.match((rig.faults[0] as GuestheadError).advice ?? '', /root/);
  });

  it('is written where that was asked for, and taken back in the end; what stood there stays', () => {
    rig.machine.plug(1, 'keyboard', { seen: false });
    rig.machine.plug(2, 'mouse');
    const seat = rig.open({ records: true });
    assert.match(
      readFileSync(rig.machine.record(1), 'utf8'),
      /^I:\d+\nE:ID_INPUT=1\n(E:.*\n)*E:ID_INPUT_KEYBOARD=1\nV:1\n$/,
    );
    assert.equal(rig.addon.added.length, 2);
    seat.close();
    assert.deepEqual([existsSync(rig.machine.record(1)), existsSync(rig.machine.record(2))], [false, true]);
  });

  it('is taken back with its device, and where the device could not be had', () => {
    rig.open({ records: true });
    rig.addon.uevent('add', rig.machine.plug(1, 'mouse', { seen: false }));
    assert.equal(existsSync(rig.machine.record(1)), true);
    rig.addon.uevent('remove', rig.machine.unplug(1));
    rig.addon.refusal = nativeError(EBUSY, 'EVIOCGRAB');
    rig.addon.uevent('add', rig.machine.plug(2, 'mouse', { seen: false }));
    assert.deepEqual([existsSync(rig.machine.record(1)), existsSync(rig.machine.record(2))], [false, false]);
  });

  it('is waited for where udevd runs, without holding the event loop', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    rig.machine.startUdevd();
    const node = rig.machine.plug(1, 'mouse', { seen: false });
    rig.open({ records: true });
    mock.timers.tick(60);
    assert.deepEqual(rig.addon.added, []);
    rig.machine.sees(1);
    mock.timers.tick(60);
    assert.deepEqual(rig.addon.added, [node]);
    assert.deepEqual(rig.faults, []);
  });

  it('that udevd never writes is told once', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    rig.machine.startUdevd();
    const node = rig.machine.plug(1, 'mouse', { seen: false });
    rig.open();
    for (let looks = 0; looks < 200; looks++) mock.timers.tick(50);
    assert.deepEqual(rig.codes, [['ERR_UNSUPPORTED', node, undefined]]);
  });

  it('is not waited for once its device has gone', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    rig.machine.startUdevd();
    rig.machine.plug(1, 'mouse', { seen: false });
    rig.open();
    rig.addon.uevent('remove', rig.machine.unplug(1));
    rig.machine.sees(1);
    mock.timers.tick(100);
    assert.deepEqual([rig.addon.added, rig.faults], [[], []]);
  });
});
