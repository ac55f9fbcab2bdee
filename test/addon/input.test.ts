/** The addon's input devices on a libinput that the test speaks for. */
import assert from 'node:assert/strict';
import { appendFileSync, closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { DeviceRefusal } from '../../src/native/input.js';
import { loadScript, native } from './support/addon.js';
import { openDescriptors } from './support/descriptors.js';
import { InputRig, openAtLibinput, underFakeLibinput } from './support/fake-libinput.js';
import { turns, until } from './support/loop.js';
import { uncaughtDuring } from './support/uncaught.js';

const noop = () => undefined;
const none = { contexts: 0, devices: 0, events: 0, files: 0 };
const [key, relative, absolute, button] = [300, 400, 401, 402];

underFakeLibinput(import.meta.url, () => {
  let rig: InputRig;
  beforeEach(() => {
    rig = new InputRig();
  });
  afterEach(() => {
    rig.input.close();
    assert.deepEqual(openAtLibinput(), none);
  });

  /** With a batch of its own size, in the rig's place: both read one FIFO. */
  const alone = (batchRows: number): InputRig => {
    rig.input.close();
    return (rig = new InputRig(batchRows));
  };

  const rows = async (count: number): Promise<number[][]> => {
    await until(() => rig.rows.length >= count, `${count} rows`);
    return rig.rows;
  };

  describe('an input', () => {
    it('takes a batch with room for a row and two functions', () => {
      for (const batch of [undefined, [], new Float32Array(8)])
        assert.throws(() => native.openInput(batch as never, noop, noop), TypeError);
      assert.throws(() => native.openInput(new Float64Array(7), noop, noop), RangeError);
      assert.throws(() => native.openInput(new Float64Array(8), undefined as never, noop), TypeError);
      assert.throws(() => native.openInput(new Float64Array(8), noop, 1 as never), TypeError);
    });

    it('takes only what its methods ask for', () => {
      const { input } = rig;
      for (const path of [undefined, 1, null]) assert.throws(() => input.add(path as never), TypeError);
      for (const device of [undefined, '1']) assert.throws(() => input.remove(device as never), TypeError);
      for (const device of [0, 1, -1, 0.5, 2 ** 32])
        assert.throws(() => {
          input.remove(device);
        }, RangeError);
      for (const leds of [-1, 8, 0.5])
        assert.throws(() => {
          input.setLeds(leds);
        }, RangeError);
      assert.throws(() => input.add.call({} as never, 'fake:a'), { code: 'ERR_CLOSED' });
    });

    it('closes once, with all that it has opened; later use throws', () => {
      const before = openDescriptors();
      const { input } = rig;
      input.add('fake:mouse');
      assert.deepEqual(openAtLibinput(), { ...none, contexts: 1, devices: 1 });
      input.close();
      input.close();
      assert.deepEqual(openAtLibinput(), none);
      assert.ok(openDescriptors() < before);
      for (const use of [() => input.add('fake:a'), () => input.remove(1), () => input.setLeds(0)])
        assert.throws(use, { code: 'ERR_CLOSED' });
    });

    it('tells nothing any more once it is closed, from within a call too', async () => {
      const small = alone(1);
      small.onCall = () => {
        small.input.close();
      };
      small.input.add('fake:mouse');
      small.tell([relative, 0, 1, 1], [relative, 0, 2, 2], [relative, 0, 3, 3]);
      await until(() => small.calls.length > 0);
      await turns();
      assert.deepEqual(small.rows, [[1, 1, 1, 1]]);
    });
  });

  describe('a device', () => {
    it('is described, and numbered anew each time', () => {
      assert.deepEqual(rig.input.add('fake:A mouse'), [1, 'A mouse', 0x627, 3, false, true, false]);
      rig.input.remove(1);
      assert.equal(rig.input.add('fake:A mouse')[0], 2);
      assert.throws(() => {
        rig.input.remove(1);
      }, RangeError);
    });

    it('that libinput leaves alone is refused with what it says', () => {
      assert.throws(
        () => rig.input.add('/dev/null'),
        ({ code, syscall, log }: DeviceRefusal & { code: string }) =>
          code === 'ENOTSUP' &&
          syscall === 'libinput_path_add_device' &&
          log === '/dev/null: not tagged as supported input device\n',
      );
    });

    it('is opened for this process alone, or not at all, and its descriptor closed', () => {
      const before = openDescriptors();
      assert.throws(() => rig.input.add('open:/nonexistent'), { code: 'ENOENT', syscall: 'open' });
      const folder = mkdtempSync(join(tmpdir(), 'guesthead-input-'));
      const file = join(folder, 'event0');
      appendFileSync(file, '');
      assert.throws(() => rig.input.add(`open:${file}`), { code: 'ENOTTY', syscall: 'EVIOCGRAB' });
      rmSync(folder, { recursive: true });
      assert.equal(openDescriptors(), before);
    });

    it('may be one that somebody else has opened: of that descriptor it has a duplicate', () => {
      const folder = mkdtempSync(join(tmpdir(), 'guesthead-input-'));
      const fd = openSync(join(folder, 'event0'), 'w');
      const before = openDescriptors();
      assert.throws(() => rig.input.add('open:/nonexistent', fd), { code: 'ENOTTY', syscall: 'EVIOCGRAB' });
      closeSync(fd);
      assert.throws(() => rig.input.add('open:/nonexistent', fd), { code: 'EBADF', syscall: 'fcntl' });
      for (const none of [-1, '3']) assert.throws(() => rig.input.add('fake:a', none as number), /fd/);
      assert.equal(openDescriptors(), before - 1);
      rmSync(folder, { recursive: true });
    });

    it('that goes has released what it held, and is told as gone', async () => {
      const [number] = rig.input.add('fake:keyboard');
      rig.tell([key, 0, 5, 30, 1, 1]);
      await rows(1);
      rig.input.remove(number);
      assert.deepEqual(rig.rows, [
        [4, 1, 5, 30, 1],
        [4, 1, 0, 30],
        [10, 1],
      ]);
    });

    it('that goes within a call is told behind what the call tells', async () => {
      const small = alone(1);
      const [number] = small.input.add('fake:keyboard');
      small.onCall = ([row]) => {
        if (row?.[2] === 1) small.input.remove(number);
      };
      small.tell([key, 0, 1, 30, 1, 1], [relative, 0, 2, 1]);
      await until(() => small.rows.length >= 4);
      assert.deepEqual(small.rows, [
        [4, 1, 1, 30, 1],
        [1, 1, 2, 1],
        [4, 1, 0, 30],
        [10, 1],
      ]);
    });

    it('has its lamps lit', async () => {
      rig.input.add('fake:keyboard');
      rig.input.setLeds(6);
      rig.tell([1, 0, 40]);
      await until(() => rig.log.length >= 2);
      assert.deepEqual(rig.log, ['keyboard: leds 6', 'a line of the log']);
    });
  });

  describe('events', () => {
    it('become rows', async () => {
      rig.input.add('fake:all');
      rig.tell(
        ...[
          [relative, 0, 1, 1.5, -2, 3, -4],
          [absolute, 0, 2, 0.5, 0.25],
          [button, 0, 3, 0x110, 1, 1],
          [key, 0, 4, 30, 1, 1],
        ],
        ...[
          [500, 0, 5, 2, 0.1, 0.2],
          [502, 0, 6, 2, 0.3, 0.4],
          [501, 0, 7, 2],
          [503, 0, 8, 2],
          [504, 0, 9],
        ],
      );
      assert.deepEqual(await rows(9), [
        ...[
          [1, 1, 1, 1.5, -2, 3, -4],
          [0, 1, 2, 0.5, 0.25],
          [2, 1, 3, 0x110, 1],
          [4, 1, 4, 30, 1],
        ],
        ...[
          [5, 1, 5, 2, 0.1, 0.2],
          [6, 1, 6, 2, 0.3, 0.4],
          [7, 1, 7, 2],
          [8, 1, 8, 2],
          [9, 1, 9],
        ],
      ]);
    });

    it('of an axis tell which has moved; only a wheel clicks', async () => {
      rig.input.add('fake:wheel');
      rig.tell([404, 0, 1, 1, 9, 9, 15, 120], [405, 0, 2, 3, 1, 120, 2, 120], [406, 0, 3, 2, 4, 120, 9, 9]);
      assert.deepEqual(await rows(3), [
        [3, 1, 1, 0, NaN, NaN, 15, 120],
        [3, 1, 2, 1, 1, 0, 2],
        [3, 1, 3, 2, 4, 0, NaN, NaN],
      ]);
    });

    it('of a key that several devices hold are its first press and its last release', async () => {
      rig.input.add('fake:keyboard');
      rig.tell([key, 0, 1, 30, 1, 1], [key, 0, 2, 30, 1, 2], [key, 0, 3, 30, 0, 1], [key, 0, 4, 30, 0, 0]);
      assert.deepEqual(await rows(2), [
        [4, 1, 1, 30, 1],
        [4, 1, 4, 30],
      ]);
    });

    it('of kinds that nobody hears are passed over: the old axis, gestures, tablets, switches', async () => {
      rig.input.add('fake:all');
      rig.tell([403, 0, 1], [600, 0, 2], [800, 0, 3], [900, 0, 4], [relative, 0, 5, 1]);
      assert.deepEqual(await rows(1), [[1, 1, 5, 1]]);
    });

    it('of one wake-up come in one call, or as many as the batch has room for', async () => {
      rig.input.add('fake:mouse');
      rig.tell(...Array.from({ length: 20 }, (_, index) => [relative, 0, index + 1, 1]));
      await rows(20);
      assert.deepEqual(rig.calls, [8, 8, 4]);
      assert.deepEqual(
        rig.rows.map(([, , time]) => time),
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
    });

    it('are lost, and nothing else, where the batch has been given away', async () => {
      rig.input.add('fake:mouse');
      structuredClone(rig.batch, { transfer: [rig.batch.buffer as ArrayBuffer] });
      rig.tell([relative, 0, 1, 1], [1, 0, 40]);
      await until(() => rig.log.length > 0);
      assert.deepEqual(rig.calls, []);
    });

    it('whose handler throws are an uncaughtException, and the next ones come', async () => {
      rig.input.add('fake:mouse');
      rig.onCall = () => {
        throw new Error('handler');
      };
      const uncaught = await uncaughtDuring(async () => {
        rig.tell([relative, 0, 1, 1]);
        await rows(1);
        await turns();
      });
      assert.deepEqual(uncaught, ['handler']);
      rig.onCall = noop;
      rig.tell([relative, 0, 2, 1]);
      await rows(2);
    });

    it("of libinput's log are told from errors on", async () => {
      rig.tell([1, 0, 20], [1, 0, 30]);
      await until(() => rig.log.length > 0);
      await turns();
      assert.deepEqual(rig.log, ['a line of the log']);
    });
  });

  describe('an environment that ends', () => {
    it('closes what is open in it', async () => {
      const script = `${loadScript}
        const input = native.openInput(new Float64Array(64), () => undefined, () => undefined);
        input.add('fake:mouse');
        require('worker_threads').parentPort.postMessage('open');`;
      const worker = new Worker(script, { eval: true });
      await new Promise((resolve) => worker.once('message', resolve));
      await worker.terminate();
      rig.input.add('fake:mouse');
      assert.deepEqual(openAtLibinput(), { ...none, contexts: 1, devices: 1 });
    });
  });
});
