/** What a service manager is told, and what it then thinks of the run. */
import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { afterEach, describe, it } from 'node:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NotifySocket, type Notification } from '../../../src/cli/notify-socket.js';
import { runHeads } from '../../../src/cli/run-heads.js';
import { ServiceObserver, watchdogMs, type ServedHead } from '../../../src/cli/service-observer.js';
import { GuestheadError } from '../../../src/errors.js';
import { headChannels } from '../../../src/head/index.js';
import { FakeNative, nativeError } from '../../../src/testing/index.js';
import { DatagramReceiver } from '../../support/datagrams.js';
import { flipAt } from '../../support/flips.js';
import { HandClock } from '../../support/loop-rig.js';

const headOf = (id: number): ServedHead => ({
  id,
  info: { path: 'import', display: { connector: `Virtual-${id}` } },
});
let observer: ServiceObserver | undefined;
afterEach(() => observer?.close());

/** An observer on simulated time, of so many heads, and what it has sent. */
function served(heads: number, watchdog?: number) {
  const sent: Notification[] = [];
  const clock = new HandClock();
  observer = new ServiceObserver({ send: (notification) => sent.push(notification) }, watchdog, clock);
  observer.begin(Array.from({ length: heads }, (_, index) => headOf(index + 1)));
  return { observer, sent, clock, fed: () => sent.filter((one) => one.WATCHDOG === 1).length };
}

function flip(id = 1, changes = {}, node = '/dev/dri/card0'): void {
  channel(headChannels.flip).publish({ id, node, connector: `Virtual-${id}`, flip: flipAt(1, changes) });
}

describe('a service', () => {
  it('is ready once every head has flipped, and says so once', () => {
    const { sent } = served(2);
    flip(1);
    flip(1);
    assert.equal(sent.length, 0);
    flip(2);
    assert.equal(sent[0]?.READY, 1);
    for (let again = 0; again < 5; again++) flip(1 + (again % 2));
    assert.equal(sent.length, 1);
  });

  it('feeds its watchdog at half the limit, however fast it flips', () => {
    const { clock, fed } = served(1, 1000);
    for (let ms = 0; ms <= 3000; ms += 10) {
      flip();
      clock.advance(10);
    }
    assert.equal(fed(), 6);
  });

  it('feeds no watchdog while a head does not flip, and again when it does, under another node, too', () => {
    const { clock, fed } = served(2, 1000);
    flip(1);
    flip(2);
    for (let ms = 0; ms < 5000; ms += 100) {
      clock.advance(100);
      flip(1);
    }
    assert.equal(fed(), 0);
    flip(2, {}, '/dev/dri/card7');
    assert.equal(fed(), 1);
    clock.advance(5000);
    assert.equal(fed(), 1);
  });

  it('feeds none where nobody watches', () => {
    const { clock, fed } = served(1);
    for (let ms = 0; ms < 5000; ms += 100) {
      flip();
      clock.advance(100);
    }
    assert.equal(fed(), 0);
  });

  it('tells its state once a second at most, and not twice the same', () => {
    const { sent, clock } = served(1);
    for (let frame = 0; frame < 120; frame++) {
      flip(1, { missed: frame === 7 ? 2 : 0 });
      clock.advance(1000 / 60);
    }
    channel(headChannels.fault).publish({ id: 1, connector: 'Virtual-1', fault: new Error('late'), atMs: 0 });
    for (let second = 0; second < 3; second++) clock.advance(1000);
    const states = sent.filter((one) => one.READY === undefined).map(({ STATUS }) => String(STATUS));
    assert.equal(states.length, 3, states.join('\n'));
    assert.match(states[0] ?? '', /^Virtual-1: (59|60|61)\.\d flips\/s, 2 missed, path import, 0 faults$/);
    assert.match(states[2] ?? '', /0\.0 flips\/s, 2 missed, path import, 1 faults/);
  });

  it('says that it stops and how it went, and nothing after that', () => {
    const { observer, sent, clock } = served(1);
    observer.end([{ result: { reasons: [] }, error: undefined }]);
    assert.deepEqual(sent, [{ STOPPING: 1, STATUS: 'ended well' }]);
    flip();
    clock.advance(5000);
    assert.equal(sent.length, 1);
  });

  it('says why it fails, with the errno', () => {
    const lost = new GuestheadError('ERR_DEVICE_LOST', 'The device is gone', { errno: 19 });
    const first = served(1);
    first.observer.fail(lost);
    assert.deepEqual(first.sent, [{ STOPPING: 1, STATUS: 'failed: The device is gone: ENODEV', ERRNO: 19 }]);
    const second = served(1);
    second.observer.end([{ result: { reasons: ['too slow', 'torn'] }, error: lost }]);
    assert.deepEqual(second.sent, [{ STOPPING: 1, STATUS: 'failed: too slow; torn', ERRNO: 19 }]);
  });
});

describe('the watchdog’s limit', () => {
  it('is what the service manager says, for this process', () => {
    assert.equal(watchdogMs({ WATCHDOG_USEC: '2500000' }, 7), 2500);
    assert.equal(watchdogMs({ WATCHDOG_USEC: '2500000', WATCHDOG_PID: '7' }, 7), 2500);
    for (const environment of [
      { WATCHDOG_USEC: '2500000', WATCHDOG_PID: '8' },
      { WATCHDOG_USEC: '2500000', WATCHDOG_PID: 'x' },
      { WATCHDOG_USEC: '0' },
      { WATCHDOG_USEC: 'soon' },
      {},
    ])
      assert.equal(watchdogMs(environment, 7), undefined, JSON.stringify(environment));
  });
});

describe('a notification', () => {
  const bytesOf = (name: string, notification: Notification) => {
    const native = new FakeNative();
    new NotifySocket(name, () => native).send(notification);
    return native.datagrams.map(({ address, message }) =>
      [address, message].map((part) => Buffer.from(part).toString()),
    );
  };

  it('is lines of NAME=value to the path or the abstract name', () => {
    assert.deepEqual(bytesOf('/run/notify', { READY: 1, STATUS: 'a b' }), [['/run/notify', 'READY=1\nSTATUS=a b']]);
    assert.deepEqual(bytesOf('@ab', { STATUS: 'one\n two=2\n' }), [['\0ab', 'STATUS=one two=2 ']]);
  });

  it('that cannot be sent is said once', () => {
    const said: string[] = [];
    const refusing = { sendDatagram: () => assert.fail(nativeError(111, 'sendto')) };
    for (const name of ['/run/notify', 'vsock:2:1234', '@']) {
      const socket = new NotifySocket(
        name,
        () => refusing,
        (line) => said.push(line),
      );
      for (let time = 0; time < 3; time++) socket.send({ READY: 1 });
    }
    assert.equal(said.length, 3);
    assert.match(said[0] ?? '', /at \/run\/notify hears nothing: .*ECONNREFUSED/);
    assert.match(said[1] ?? '', /vsock:2:1234 .*neither a path nor/);
  });

  it('of a run that cannot begin comes to the service manager’s socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guesthead-notify-'));
    const receiver = await DatagramReceiver.open(join(folder, 'notify'));
    process.env['NOTIFY_SOCKET'] = join(folder, 'notify');
    try {
      await assert.rejects(runHeads({ display: '/dev/null' }), { code: /^ERR_/ });
      assert.match((await receiver.received(1))[0] ?? '', /^STOPPING=1\nSTATUS=failed: .+/);
    } finally {
      delete process.env['NOTIFY_SOCKET'];
      await receiver.close();
      rmSync(folder, { recursive: true });
    }
  });
});
