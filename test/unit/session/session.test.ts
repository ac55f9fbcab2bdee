/** A session, and the nodes that are opened by it. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { findSession, sessionKernel, type Session, type SessionChange } from '../../../src/session/index.js';
import { FakeKernel, nativeError } from '../../../src/testing/index.js';
import { nothingHeld } from '../../support/fake-head.js';
import { MadeUpSeatAddon, rootsWith } from '../../support/made-up-seat.js';

const { EPERM, ENOENT, EPIPE } = constants.errno;

let addon: MadeUpSeatAddon;
let session: Session;
let changes: SessionChange[];
beforeEach(() => {
  addon = new MadeUpSeatAddon();
  session = findSession(addon, 'libseat', rootsWith(['/run/seatd.sock'])).session!;
  changes = [];
  session.onChange = (change) => changes.push(change);
  addon.calls.length = 0;
});

describe('a session', () => {
  it('tells each change once', () => {
    for (const event of ['enabled', 'disabled', 'disabled', 'enabled'] as const) addon.tell(event);
    assert.deepEqual(
      changes.map(({ kind }) => kind),
      ['disabled', 'enabled'],
    );
  });

  it('looks, once it has been called, for what may have come with the answer, and not within the call', async () => {
    session.open('/dev/dri/card0');
    session.acknowledge();
    assert.deepEqual(addon.calls, ['openDevice /dev/dri/card0', 'acknowledge']);
    addon.atOnce = 'disabled';
    await turn();
    assert.deepEqual(addon.calls.slice(2), ['dispatch']);
    assert.equal(session.active, false);
  });

  it('opens nothing while another one has the seat, which may be waited for', () => {
    addon.refusals.set('openDevice', nativeError(EPERM, 'libseat_open_device'));
    assert.throws(() => session.open('/dev/dri/card0'), {
      ...{ code: 'ERR_NOT_MASTER', device: '/dev/dri/card0', errno: EPERM },
      advice: /switch to this session/,
    });
  });

  it('says what else the daemon does not open', () => {
    addon.refusals.set(
      'openDevice',
      Object.assign(nativeError(ENOENT, 'libseat_open_device'), { log: 'no such type' }),
    );
    assert.throws(() => session.open('/dev/null'), { code: 'ERR_SEAT', message: /no such type/, errno: ENOENT });
  });

  it('has ended when its daemon has gone, which is told with its words, and then tells nothing more', async () => {
    const device = session.open('/dev/input/event0');
    addon.tell('gone', EPIPE, 'Broken pipe');
    addon.tell('enabled');
    assert.deepEqual([changes.length, session.ended, session.active], [1, true, false]);
    const [change] = changes;
    assert.ok(
      change?.kind === 'gone' && change.fault.code === 'ERR_SEAT' && change.fault.message.includes('Broken pipe'),
    );
    assert.match(change.fault.advice ?? '', /clients stay connected/);
    device.close();
    await turn();
    assert.deepEqual([addon.open.size, addon.calls.includes('dispatch')], [0, false]);
  });

  it('closes once, and its devices with it', async () => {
    const device = session.open('/dev/input/event0');
    session.close();
    session.close();
    device.close();
    await turn();
    assert.deepEqual(addon.calls, ['openDevice /dev/input/event0', 'close']);
  });
});

describe('a kernel with a session', () => {
  it('has primary nodes opened by it, and gives them back; render nodes are opened as ever', () => {
    const kernel = new FakeKernel();
    const seated = sessionKernel(() => session, kernel);
    const [display, render] = kernel.discover();
    const node = seated.openNode(display!.primary!);
    const other = seated.openNode(render!.render!);
    assert.deepEqual(addon.calls, [`openDevice ${display!.primary!}`]);
    node.close();
    other.close();
    assert.deepEqual(addon.calls.slice(1), [`closeDevice ${display!.primary!}`]);
    assert.deepEqual(kernel.held(), nothingHeld);
  });

  it('gives back what is no node after all', () => {
    const kernel = new FakeKernel();
    assert.throws(() => sessionKernel(() => session, kernel).openNode('/dev/dri/card9'), { code: 'ERR_NO_DEVICE' });
    assert.equal(addon.open.size, 0);
  });

  it('opens all of them itself once the daemon has gone', () => {
    const kernel = new FakeKernel();
    const path = kernel.discover()[0]!.primary!;
    addon.tell('gone', EPIPE);
    sessionKernel(() => session, kernel)
      .openNode(path)
      .close();
    assert.deepEqual(addon.calls, []);
  });
});
