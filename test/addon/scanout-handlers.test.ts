/** What handlers may do, and what happens to a device that is lost, on a fake kernel. */
import assert from 'node:assert/strict';
import { closeSync, constants, openSync } from 'node:fs';
import { describe, it } from 'node:test';
import { loadScript, native } from './support/addon.js';
import { runNode } from './support/child.js';
import { Fifo, openPipe } from './support/descriptors.js';
import { ids, underFakeKernel } from './support/fake-kernel.js';
import { turns, until } from './support/loop.js';
import { flipFlags, useScanoutRig } from './support/scanout-rig.js';
import { uncaughtDuring } from './support/uncaught.js';

underFakeKernel(import.meta.url, () => {
  const rig = useScanoutRig();

  describe('a handler', () => {
    it('may commit, attach and detach', async () => {
      rig.attachBuffers(3);
      rig.during.set('flip 1', () => {
        rig.show(2);
        rig.scanout.attach(1, 9, rig.buffer().fd);
      });
      rig.during.set('fence 0', () => rig.scanout.detach(0));
      await rig.flipTo(1);
      rig.card.flip();
      await until(() => rig.log.length > 2);
      await turns();
      assert.deepEqual(rig.log, ['flip 1', 'fence 0', 'flip 2']);
      assert.throws(() => rig.scanout.commit(0, -1, flipFlags, false), RangeError);
    });

    it('may detach the slot whose fence would follow', async () => {
      rig.attachBuffers(2);
      rig.during.set('flip 1', () => rig.scanout.detach(0));
      await rig.flipTo(1);
      assert.deepEqual(rig.log, ['flip 1']);
    });

    for (const [what, close] of [
      ['the scanout', () => rig.scanout.close()],
      ['the device', () => rig.device.close()],
    ] as const) {
      it(`may close ${what}, and nothing follows`, async () => {
        for (const line of ['flip 1', 'fence 0']) {
          rig.log = [];
          rig.device.close();
          rig.reopen();
          rig.attachBuffers(2);
          rig.during = new Map([[line, close]]);
          rig.show(1);
          const { userData } = rig.card.commits().at(-1) ?? {};
          rig.card.flip(1, userData);
          rig.card.flip(2, userData);
          await until(() => rig.log.includes(line));
          await turns();
          assert.equal(rig.log.at(-1), line);
        }
      });
    }

    it('may close while a fence that was waited for is reported', async () => {
      const fifos = rig.attachBuffers(3);
      fifos[2]?.drain();
      fifos[0]?.fill();
      fifos[1]?.fill();
      await rig.flipTo(1);
      await rig.flipTo(2);
      rig.during.set('fence 0', () => rig.device.close());
      rig.during.set('fence 1', () => rig.device.close());
      for (const fifo of fifos) fifo.drain();
      fifos[1]?.write();
      fifos[2]?.write();
      await until(() => rig.log.length > 2);
      await turns();
      assert.equal(rig.log.length, 3);
    });

    it('that throws raises an uncaughtException and stops nothing else', async () => {
      rig.attachBuffers(2);
      for (const line of ['flip 1', 'fence 0']) {
        rig.during.set(line, () => {
          throw new Error(`in ${line}`);
        });
      }
      const thrown = await uncaughtDuring(() => rig.flipTo(1));
      assert.deepEqual(rig.log, ['flip 1', 'fence 0']);
      assert.deepEqual(thrown, ['in flip 1', 'in fence 0']);
    });
  });

  describe('a lost device', () => {
    it('is reported once to each scanout, and commits say so', async () => {
      const pipe = openPipe();
      const lost = native.openDevice(pipe.fd);
      const scanouts = [lost.createScanout(ids, rig.handlers), lost.createScanout(ids, rig.handlers)];
      scanouts[0]?.attach(0, 1, -1);
      assert.equal(scanouts[0]?.commit(0, -1, flipFlags, false), 0);
      pipe.hangUp();
      await until(() => rig.errors.length > 0);
      await turns();
      for (const { errno, code, syscall } of rig.errors)
        assert.deepEqual([errno, code, syscall], [19, 'ENODEV', 'read']);
      assert.equal(rig.errors.length, 2);
      assert.equal(scanouts[0].commit(0, -1, flipFlags, false), -19);
      assert.throws(() => lost.createScanout(ids, rig.handlers), { code: 'ENODEV' });
      lost.close();
    });

    it('may be closed by the handler that hears of it', async () => {
      const pipe = openPipe();
      const lost = native.openDevice(pipe.fd);
      const scanouts = [lost.createScanout(ids, rig.handlers), lost.createScanout(ids, rig.handlers)];
      rig.during.set('error', () => lost.close());
      pipe.hangUp();
      await until(() => rig.errors.length > 0);
      await turns();
      assert.equal(rig.errors.length, 1);
      for (const scanout of scanouts) assert.throws(() => scanout.detach(0), { code: 'ERR_CLOSED' });
    });

    it('lets the process end although a flip was under way', async () => {
      const script = `${loadScript}
        const child = require('child_process').spawn('sleep', ['100'], { stdio: ['ignore', 'pipe', 'ignore'] });
        const device = native.openDevice(child.stdout._handle.fd);
        const handlers = { flip() {}, fence() {}, error(error) { console.log(error.code); } };
        const scanout = device.createScanout({ crtc: 1, plane: 2, fbId: 3, inFenceFd: 4, outFencePtr: 5, fbDamageClips: 6 }, handlers);
        scanout.attach(0, 1, -1);
        scanout.commit(0, -1, ${flipFlags}, false);
        child.stdout.destroy();
        child.unref();
        setTimeout(() => child.kill(), 200);`;
      const result = await runNode(['-e', script]);
      assert.deepEqual([result.status, result.stdout, result.stderr], [0, 'ENODEV\n', '']);
    });

    it('is also one whose fence cannot be polled', async () => {
      const replaced = new Fifo();
      const path = `/proc/self/fd/${replaced.fd}`;
      const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      replaced.fill();
      rig.scanout.attach(0, 1, writer);
      rig.scanout.attach(1, 1, -1);
      rig.scanout.setCurrent(0);
      await rig.flipTo(1);
      replaced.close(); // A pipe without a reader is in error.
      await until(() => rig.errors.length > 0);
      await turns();
      assert.deepEqual(rig.log, ['flip 1', 'error']);
      assert.equal(rig.errors[0]?.syscall, 'poll');
      assert.ok(rig.scanout.commit(1, -1, flipFlags, false) < 0);
      closeSync(writer);
    });
  });
});
