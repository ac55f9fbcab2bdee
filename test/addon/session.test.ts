/** The addon's session at a seat: the real libseat, and the real seatd. */
import assert from 'node:assert/strict';
import { readSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { sessionEvents, type NativeSession, type SeatRefusal } from '../../src/native/session.js';
import { loadScript, native } from './support/addon.js';
import { openDescriptors } from './support/descriptors.js';
import { turns, until } from './support/loop.js';
import { makeUpDevice, Seatd, underSeatd } from './support/seatd.js';
import { uncaughtDuring } from './support/uncaught.js';

const noop = () => undefined;
const { disabled, enabled, gone } = sessionEvents;
const { EPERM, ENOTCONN } = constants.errno;

interface Sat {
  readonly session: NativeSession;
  readonly told: number[];
  readonly why: [errno: number, log: string][];
}

underSeatd(import.meta.url, () => {
  let seatd: Seatd;
  const open: NativeSession[] = [];

  beforeEach(async () => {
    seatd = await Seatd.start();
  });
  afterEach(async () => {
    for (const session of open.splice(0)) session.close();
    await seatd.end();
  });

  const sit = (backend = 'seatd', onEvent: (event: number) => void = noop): Sat => {
    const [told, why]: [number[], [number, string][]] = [[], []];
    const session = native.openSession(backend, (event, errno, log) => {
      told.push(event);
      if (event === gone) why.push([errno, log]);
      onEvent(event);
    });
    open.push(session);
    return { session, told, why };
  };

  const textOf = (fd: number): string => {
    const room = Buffer.alloc(64);
    return room.toString('utf8', 0, readSync(fd, room, 0, room.length, 0));
  };

  describe('a session', () => {
    it('takes a backend and a function, and its methods what they ask for', () => {
      assert.throws(() => native.openSession(undefined as never, noop), TypeError);
      assert.throws(() => native.openSession('seatd', undefined as never), TypeError);
      const { session } = sit();
      assert.throws(() => session.openDevice(undefined as never), TypeError);
      for (const device of [0, 1, -1, 0.5])
        assert.throws(() => {
          session.closeDevice(device);
        }, RangeError);
      for (const other of [0, 64, 1.5])
        assert.throws(() => {
          session.switchTo(other);
        }, RangeError);
      assert.throws(() => session.name.call({} as never), { code: 'ERR_CLOSED' });
    });

    it('has a seat, and hears that it is its own when it looks: that came with the answer to the opening', async () => {
      const { session, told } = sit();
      assert.deepEqual([session.name(), told], ['seat0', []]);
      session.dispatch();
      assert.deepEqual(told, [enabled]);
      await turns();
      assert.deepEqual(told, [enabled]);
    });

    it('closes once, with all that was opened for it; later use throws', () => {
      const before = openDescriptors();
      const { session } = sit();
      session.openDevice(makeUpDevice(0, 'one'));
      session.close();
      session.close();
      assert.equal(openDescriptors(), before);
      for (const use of [() => session.name(), () => session.openDevice('/dev/null'), () => session.acknowledge()])
        assert.throws(use, { code: 'ERR_CLOSED' });
    });

    it('is refused where no daemon answers, with what libseat says, and the environment is as it was', async () => {
      await seatd.end();
      const before = openDescriptors();
      assert.throws(
        () => sit(),
        ({ code, log }: SeatRefusal & { code: string }) =>
          code === 'ENOENT' && (log ?? '').includes("'seatd' failed to open"),
      );
      assert.equal(openDescriptors(), before);
      assert.equal(process.env['LIBSEAT_BACKEND'], undefined);
    });

    it('is one of libseat’s own choice, or of LIBSEAT_BACKEND’s, where no backend is named', () => {
      process.env['LIBSEAT_BACKEND'] = 'noop';
      assert.equal(sit('').session.name(), 'noop');
      assert.equal(sit('seatd').session.name(), 'seat0');
      assert.equal(process.env['LIBSEAT_BACKEND'], 'noop');
      delete process.env['LIBSEAT_BACKEND'];
    });

    it('is closed with its environment: the daemon has the seat for others', async () => {
      const script = `${loadScript}
        native.openSession('seatd', () => undefined);
        require('worker_threads').parentPort.postMessage('open');`;
      const worker = new Worker(script, { eval: true });
      await new Promise((resolve) => worker.once('message', resolve));
      const { told } = sit();
      await turns();
      assert.deepEqual(told, [], 'the worker’s is the first');
      await worker.terminate();
      await until(() => told.length > 0);
      assert.deepEqual(told, [enabled]);
    });
  });

  describe('a device', () => {
    it('is opened by the daemon, and stays open until it is closed', () => {
      const { session } = sit();
      const [one, two] = [0, 1].map((number) => session.openDevice(makeUpDevice(number, `device ${number}`)));
      assert.deepEqual([textOf(one![1]), textOf(two![1])], ['device 0', 'device 1']);
      assert.notEqual(one![0], two![0]);
      const before = openDescriptors();
      session.closeDevice(one![0]);
      assert.equal(openDescriptors(), before - 1);
      assert.equal(textOf(two![1]), 'device 1');
      assert.throws(() => {
        session.closeDevice(one![0]);
      }, RangeError);
    });

    it('that is none is refused, with errno and what libseat says', () => {
      const { session } = sit();
      const before = openDescriptors();
      assert.throws(() => session.openDevice('/dev/null'), { code: 'ENOENT', syscall: 'libseat_open_device' });
      assert.equal(openDescriptors(), before);
    });
  });

  describe('a seat', () => {
    it('goes to the other session once that which has it says so, and comes back', async () => {
      const [first, second] = [sit(), sit()];
      const device = makeUpDevice(0, 'device');
      first.session.dispatch();
      assert.deepEqual([first.told, second.told], [[enabled], []]);
      assert.throws(() => second.session.openDevice(device), { errno: EPERM });
      first.session.switchTo(1);
      await until(() => first.told.length > 1);
      await turns();
      assert.deepEqual([first.told, second.told], [[enabled, disabled], []], 'it waits for the answer');
      first.session.acknowledge();
      await until(() => second.told.length > 0);
      assert.throws(() => first.session.openDevice(device), { errno: EPERM });
      assert.equal(textOf(second.session.openDevice(device)[1]), 'device');
      second.session.close();
      await until(() => first.told.length > 2);
      assert.deepEqual(first.told, [enabled, disabled, enabled]);
      assert.equal(textOf(first.session.openDevice(device)[1]), 'device');
    });

    it('whose handler throws is an uncaughtException, and the next event comes', async () => {
      const first = sit('seatd', () => {
        throw new Error('handler');
      });
      const uncaught = await uncaughtDuring(async () => {
        first.session.dispatch();
        sit();
        first.session.switchTo(1);
        await until(() => first.told.length > 1);
        await turns();
      });
      assert.deepEqual(uncaught, ['handler', 'handler']);
    });

    it('may be closed by its handler', async () => {
      const { session, told } = sit('seatd', () => {
        session.close();
      });
      session.dispatch();
      await turns();
      assert.deepEqual(told, [enabled]);
    });
  });

  for (const signal of ['SIGKILL', 'SIGTERM'] as const)
    describe(`a daemon that goes by ${signal}`, () => {
      it('is told once, and keeps no loop busy; what it has opened stays, and it opens no more', async () => {
        const { session, told, why } = sit();
        session.dispatch();
        const [device, fd] = session.openDevice(makeUpDevice(0, 'kept'));
        await seatd.end(signal);
        await until(() => told.includes(gone));
        await turns();
        assert.deepEqual(told, [enabled, gone]);
        assert.ok(why[0]![0] > 0);
        assert.equal(textOf(fd), 'kept');
        assert.throws(() => session.openDevice('/dev/input/event0'), { errno: ENOTCONN });
        assert.throws(
          () => {
            session.acknowledge();
          },
          { errno: ENOTCONN },
        );
        session.closeDevice(device);
        const before = process.cpuUsage();
        await new Promise((resolve) => setTimeout(resolve, 200));
        const { user, system } = process.cpuUsage(before);
        assert.ok(user + system < 150_000, 'it would be the whole of the time');
      });
    });
});
