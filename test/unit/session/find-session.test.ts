/** By whom devices are opened, and why. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { beforeEach, describe, it } from 'node:test';
import type { GuestheadError } from '../../../src/errors.js';
import { backendsHere, findSession } from '../../../src/session/index.js';
import { nativeError } from '../../../src/testing/index.js';
import { MadeUpSeatAddon, rootsWith } from '../../support/made-up-seat.js';

const { ENODATA, ENOSYS, EBUSY } = constants.errno;
const socket = '/run/seatd.sock';
const logind = '/run/systemd/seats';
const inSession = '0::/user.slice/user-1000.slice/session-3.scope\n';

let addon: MadeUpSeatAddon;
beforeEach(() => {
  addon = new MadeUpSeatAddon();
});

const refusal = (errno: number, log = '') => Object.assign(nativeError(errno, 'libseat_open_seat'), { log });
const missing = () => Object.assign(new Error('libseat.so.1: cannot open'), { code: 'ERR_LIBRARY_MISSING' });

describe('those who could give a seat', () => {
  const cases: [what: string, names: string[], roots: ReturnType<typeof rootsWith>][] = [
    ['nobody, where there is nothing', [], rootsWith([])],
    ['seatd, where its socket is', ['seatd'], rootsWith([socket])],
    ['seatd at SEATD_SOCK, and not at its own place', ['seatd'], rootsWith(['/s'], { SEATD_SOCK: '/s' })],
    ['not seatd, where SEATD_SOCK is elsewhere', [], rootsWith([socket], { SEATD_SOCK: '/s' })],
    ['logind, in a session', ['logind'], rootsWith([logind], { XDG_SESSION_ID: '3' })],
    ['logind, in the scope of one', ['logind'], rootsWith([logind], {}, inSession)],
    ['not logind, in a service', [], rootsWith([logind])],
    ['not logind, which does not run', [], rootsWith([], { XDG_SESSION_ID: '3' })],
    ['seatd before logind', ['seatd', 'logind'], rootsWith([socket, logind], {}, inSession)],
    ['who LIBSEAT_BACKEND names, alone', [''], rootsWith([socket], { LIBSEAT_BACKEND: 'builtin' })],
  ];
  for (const [what, names, roots] of cases)
    it(`are ${what}`, () => {
      assert.deepEqual(
        backendsHere(roots).map(({ name }) => name),
        names,
      );
    });
});

describe('devices are opened', () => {
  it('by the session that the first of them gives', () => {
    const { session, why, fault } = findSession(addon, 'auto', rootsWith([socket, logind], {}, inSession));
    assert.deepEqual([session?.active, why, fault], [true, 'seat0 by seatd at /run/seatd.sock', undefined]);
    assert.deepEqual(addon.calls, ['openSession seatd', 'dispatch']);
  });

  it('directly where nobody could, and libseat is not even loaded', () => {
    const found = findSession(addon, 'auto', rootsWith([]));
    assert.deepEqual([found.session, found.fault, addon.calls], [undefined, undefined, []]);
    assert.match(found.why, /^directly: there is no seat daemon/);
  });

  it('directly where that is asked for, whoever is there', () => {
    assert.match(findSession(addon, 'direct', rootsWith([socket])).why, /asked for/);
    assert.deepEqual(addon.calls, []);
  });

  it('directly where seatd refuses, which is a fault with its reason and what to do', () => {
    addon.refusals.set(
      'openSession',
      refusal(ENOSYS, 'Could not connect to socket /run/seatd.sock: Permission denied'),
    );
    const { session, why, fault } = findSession(addon, 'auto', rootsWith([socket]));
    assert.equal(session, undefined);
    assert.match(why, /^directly: seatd .*Permission denied/);
    const { code, advice } = fault as GuestheadError;
    assert.equal(code, 'ERR_SEAT');
    assert.match(advice ?? '', /join the group.*seatd\.sock has the seat/);
  });

  it('directly where seatd is there and libseat is not, which is a fault that names the package', () => {
    addon.refusals.set('openSession', missing());
    const { fault } = findSession(addon, 'auto', rootsWith([socket]));
    assert.equal((fault as GuestheadError).code, 'ERR_LIBRARY_MISSING');
    assert.match((fault as GuestheadError).advice ?? '', /libseat/);
  });

  it('directly without a word in a session that has no seat, as by ssh, and without libseat there', () => {
    for (const error of [refusal(ENODATA), missing()]) {
      addon.refusals.set('openSession', error);
      assert.equal(findSession(addon, 'auto', rootsWith([logind], { XDG_SESSION_ID: '3' })).fault, undefined);
    }
  });

  it('directly where logind has given the session to another, which is a fault', () => {
    addon.refusals.set('openSession', refusal(EBUSY));
    const { fault } = findSession(addon, 'auto', rootsWith([logind], { XDG_SESSION_ID: '3' }));
    assert.deepEqual([(fault as GuestheadError).code, (fault as GuestheadError).errno], ['ERR_SEAT', EBUSY]);
  });

  it('not at all where libseat is asked for and nobody is there, refuses, or it is missing', () => {
    const libseat = (files: string[]) => () => findSession(addon, 'libseat', rootsWith(files));
    assert.throws(libseat([]), { code: 'ERR_SEAT', advice: /start seatd/ });
    addon.refusals.set('openSession', refusal(EBUSY));
    assert.throws(libseat([socket]), { code: 'ERR_SEAT', errno: EBUSY, advice: /other session/ });
    addon.refusals.set('openSession', missing());
    assert.throws(libseat([socket]), { code: 'ERR_LIBRARY_MISSING' });
  });
});
