/** What a service manager is told of a kiosk. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Subject } from 'rxjs';
import { KioskService, kioskService, statusLine } from '../../../src/cli/kiosk-service.js';
import type { Notification } from '../../../src/cli/notify-socket.js';
import { GuestheadError } from '../../../src/errors.js';
import { HandClock } from '../../support/loop-rig.js';

function served(watchdogMs?: number) {
  const sent: Notification[] = [];
  const clock = new HandClock();
  const [shown$, answered$] = [new Subject<void>(), new Subject<void>()];
  const now = { pauses: false, status: 'well' };
  const service = new KioskService({ send: (notification) => sent.push(notification) }, watchdogMs, clock);
  service.begin({ shown$, answered$, pauses: () => now.pauses, status: () => now.status });
  const fed = () => sent.filter(({ WATCHDOG }) => WATCHDOG === 1).length;
  return { service, sent, clock, shown$, answered$, now, fed };
}

describe('a kiosk as a service', () => {
  it('is ready when something of a client’s was seen, and says so once', () => {
    const { sent, shown$, answered$ } = served(20_000);
    answered$.next();
    assert.equal(sent.length, 0, 'a client that answers is not seen yet');
    shown$.next();
    assert.equal(sent[0]?.READY, 1);
    for (let frame = 0; frame < 10; frame++) shown$.next();
    assert.equal(sent.length, 1);
  });

  it('feeds its watchdog by frames, four times within the limit, however many there are', () => {
    const { clock, shown$, fed } = served(20_000);
    for (let ms = 0; ms <= 60_000; ms += 50) {
      shown$.next();
      clock.advance(50);
    }
    assert.equal(fed(), 12);
  });

  it('feeds it by answers of a client that draws nothing, and while the next one is waited with', () => {
    const { clock, shown$, answered$, now, fed } = served(20_000);
    shown$.next();
    for (let answer = 0; answer < 6; answer++) {
      clock.advance(5000);
      answered$.next();
    }
    assert.equal(fed(), 6);
    now.pauses = true;
    for (let second = 0; second < 30; second++) clock.advance(1000);
    assert.equal(fed(), 12);
  });

  it('starves it where a client neither draws nor answers', () => {
    const { clock, shown$, fed } = served(20_000);
    shown$.next();
    for (let second = 0; second < 60; second++) clock.advance(1000);
    assert.equal(fed(), 0);
  });

  it('feeds none where nobody watches', () => {
    const { clock, shown$, fed } = served();
    for (let second = 0; second < 60; second++) {
      shown$.next();
      clock.advance(1000);
    }
    assert.equal(fed(), 0);
  });

  it('tells its state once a second at most, and not twice the same', () => {
    const { clock, now, sent } = served();
    for (const status of ['well', 'well', 'better']) {
      now.status = status;
      clock.advance(500);
      clock.advance(500);
    }
    assert.deepEqual(
      sent.map(({ STATUS }) => STATUS),
      ['well', 'better'],
    );
  });

  it('says how it ended, or why it could not begin, and nothing after that', () => {
    const { service, sent, clock, shown$ } = served(20_000);
    service.end('the client ended with status 0');
    shown$.next();
    clock.advance(10_000);
    assert.deepEqual(sent, [{ STOPPING: 1, STATUS: 'the client ended with status 0' }]);
    const other = served();
    other.service.fail(new GuestheadError('ERR_NOT_MASTER', 'Another process is DRM master', { errno: 13 }));
    assert.deepEqual(other.sent, [{ STOPPING: 1, STATUS: 'failed: Another process is DRM master: EACCES', ERRNO: 13 }]);
  });

  it('is none where nobody listens', () => {
    assert.equal(kioskService({}), undefined);
    assert.equal(kioskService({ NOTIFY_SOCKET: '' }), undefined);
    assert.ok(kioskService({ NOTIFY_SOCKET: '/run/systemd/notify' }));
  });
});

describe('the line of status', () => {
  it('has each head’s pace since it was told last, and how often clients were started', () => {
    const counts = { shown: 0, direct: 0 };
    const life = { starts: 1, pauses: false };
    const line = statusLine(
      () => [{ connector: 'Virtual-1', counts }],
      () => [life],
    );
    Object.assign(counts, { shown: 120, direct: 118 });
    assert.equal(line(2), 'Virtual-1: 60.0 frames/s, 118 of 120 without a copy; the client was started once');
    Object.assign(counts, { shown: 150, direct: 140 });
    Object.assign(life, { starts: 3, pauses: true });
    assert.equal(
      line(1),
      'Virtual-1: 30.0 frames/s, 140 of 150 without a copy; the client was started 3 times, and is waited with',
    );
  });
});
