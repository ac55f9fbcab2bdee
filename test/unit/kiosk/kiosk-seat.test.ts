/** What becomes of a kiosk's devices while its seat is another session's. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import { KioskSeat } from '../../../src/kiosk/index.js';
import { MadeUpSeatAddon } from '../../support/made-up-seat.js';

const { EPIPE } = constants.errno;

let addon: MadeUpSeatAddon;
let calls: string[];
let faults: unknown[];
/** Thrown by `resume` as long as it is there. */
let refusal: Error | undefined;
let seat: KioskSeat | undefined;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  process.env['LIBSEAT_BACKEND'] = 'seatd'; // whatever this machine has
  [calls, faults, refusal] = [[], [], undefined];
  addon = new MadeUpSeatAddon();
  addon.calls.push = (...words) => calls.push(...words.filter((word) => word !== 'dispatch'));
});
afterEach(() => {
  seat?.close();
  delete process.env['LIBSEAT_BACKEND'];
  mock.timers.reset();
});

const gpus = {
  pause: () => void calls.push('pause'),
  resume: () => {
    if (refusal !== undefined) throw refusal;
    calls.push('resume');
  },
  renewDisplay: ({ code }: GuestheadError) => void calls.push(`renew (${code})`),
};
const input = {
  suspend: () => void calls.push('suspend'),
  resume: (open: unknown) => void calls.push(open === undefined ? 'open directly' : 'open by the seat'),
};

function sit(): KioskSeat {
  seat = KioskSeat.open(addon, 'auto', (error) => faults.push(error));
  calls.length = 0;
  seat.begin({ gpus, input });
  return seat;
}

const notMaster = () => new GuestheadError('ERR_NOT_MASTER', 'The display has not been given back');

describe('the seat of a kiosk', () => {
  it('that is given to another is left, display and devices, before that is said; and had again', () => {
    assert.equal(sit().info.by, 'libseat');
    addon.tell('disabled');
    assert.deepEqual(calls, ['pause', 'suspend', 'acknowledge']);
    addon.tell('enabled');
    assert.deepEqual(calls.slice(3), ['resume', 'open by the seat']);
    assert.deepEqual(faults, []);
  });

  it('that was lost before the kiosk has begun is left as it begins', () => {
    seat = KioskSeat.open(addon, 'auto', (error) => faults.push(error));
    addon.tell('disabled');
    calls.length = 0;
    seat.begin({ gpus, input });
    assert.deepEqual(calls, ['pause', 'suspend']);
  });

  it('whose display does not come back is asked for it each second, and no key is taken before', () => {
    sit();
    addon.tell('disabled');
    refusal = notMaster();
    addon.tell('enabled');
    mock.timers.tick(1000);
    mock.timers.tick(1000);
    assert.deepEqual([calls.length, faults], [3, [refusal]]);
    refusal = undefined;
    mock.timers.tick(1000);
    assert.deepEqual(calls.slice(3), ['resume', 'open by the seat']);
  });

  it('that is lost while its display is asked for is left to others', () => {
    sit();
    addon.tell('disabled');
    refusal = notMaster();
    addon.tell('enabled');
    addon.tell('disabled');
    refusal = undefined;
    mock.timers.tick(5000);
    assert.ok(!calls.includes('resume'));
  });

  it('whose daemon goes keeps the display, opens its devices itself, and says so once', () => {
    sit();
    addon.tell('gone', EPIPE);
    assert.deepEqual(calls, ['suspend', 'open directly']);
    assert.deepEqual(
      faults.map((fault) => (fault as GuestheadError).code),
      ['ERR_SEAT'],
    );
  });

  it('whose daemon goes while another has it takes the display when that is free', () => {
    sit();
    addon.tell('disabled');
    refusal = notMaster();
    addon.tell('gone', EPIPE);
    refusal = undefined;
    mock.timers.tick(1000);
    assert.deepEqual(calls.slice(3, 5), ['resume', 'open directly']);
  });

  it('is sought anew where its daemon has gone, and the display is opened by the one that is there again', () => {
    const kiosk = sit();
    addon.tell('gone', EPIPE);
    addon.refusals.set('openSession', new Error('not yet'));
    mock.timers.tick(1000);
    assert.equal(kiosk.open, undefined);
    addon.atOnce = 'enabled';
    calls.length = 0;
    mock.timers.tick(1000);
    assert.deepEqual(calls.slice(1), ['close', 'pause', 'suspend', 'renew (ERR_SEAT)', 'resume', 'open by the seat']);
    assert.equal(faults.length, 1, 'the daemon that went');
    calls.length = 0;
    addon.tell('disabled');
    addon.tell('enabled');
    assert.deepEqual(calls, ['pause', 'suspend', 'acknowledge', 'resume', 'open by the seat']);
  });

  it('is left to the session that has it where the new daemon says so, until that gives it back', () => {
    sit();
    addon.tell('gone', EPIPE);
    calls.length = 0;
    mock.timers.tick(1000);
    assert.deepEqual(calls.slice(1), ['close', 'pause', 'suspend']);
    addon.tell('enabled');
    assert.deepEqual(calls.slice(4), ['renew (ERR_SEAT)', 'resume', 'open by the seat']);
  });

  it('is nobody’s where it is closed, and nothing is done any more', () => {
    sit();
    addon.tell('disabled');
    refusal = notMaster();
    addon.tell('enabled');
    seat?.close();
    refusal = undefined;
    mock.timers.tick(5000);
    assert.deepEqual(calls.slice(3), ['close']);
  });
});
