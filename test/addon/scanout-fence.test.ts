/** When a replaced buffer is free again, on a fake kernel. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openDescriptors } from './support/descriptors.js';
import { underFakeKernel } from './support/fake-kernel.js';
import { turns, until } from './support/loop.js';
import { useScanoutRig } from './support/scanout-rig.js';

underFakeKernel(import.meta.url, () => {
  const rig = useScanoutRig();

  describe('a fence', () => {
    it('comes right after the flip where all has signalled', async () => {
      for (const slot of [0, 1, 2]) rig.scanout.attach(slot, 1, slot === 2 ? -1 : rig.buffer().fd);
      rig.scanout.setCurrent(0);
      let jobs = 0;
      rig.during.set('flip 1', () => void Promise.resolve().then(() => jobs++));
      rig.during.set('fence 0', () => assert.equal(jobs, 0, 'in the same tick'));
      for (const slot of [1, 2, 0, 0]) await rig.flipTo(slot);
      assert.deepEqual(rig.log, ['flip 1', 'fence 0', 'flip 2', 'fence 1', 'flip 0', 'fence 2', 'flip 0']);
      assert.deepEqual(rig.errors, []);
    });

    it('comes for nothing when nothing of ours was on the screen', async () => {
      rig.scanout.attach(0, 1, rig.buffer().fd);
      rig.scanout.setCurrent(-1);
      await rig.flipTo(0);
      assert.deepEqual(rig.log, ['flip 0']);
    });

    it("waits for the slot's own fences", async () => {
      const replaced = rig.buffer();
      rig.scanout.attach(0, 1, replaced.fd);
      rig.scanout.attach(1, 1, rig.buffer().fd);
      rig.scanout.setCurrent(0);
      replaced.fill();
      await rig.flipTo(1);
      assert.deepEqual(rig.log, ['flip 1']);
      replaced.drain();
      await until(() => rig.log.length > 1);
      await turns();
      assert.deepEqual(rig.log, ['flip 1', 'fence 0']);
    });

    it("waits for the successor's flush", async () => {
      const successor = rig.buffer();
      rig.scanout.attach(0, 1, rig.buffer().fd);
      rig.scanout.attach(1, 1, successor.fd);
      rig.scanout.setCurrent(0);
      successor.drain();
      await rig.flipTo(1);
      assert.deepEqual(rig.log, ['flip 1 pending']);
      successor.write();
      await until(() => rig.log.length > 1);
      await turns();
      assert.deepEqual(rig.log, ['flip 1 pending', 'fence 0']);
    });

    it('waits for both, whichever comes first', async () => {
      for (const first of ['own', 'flush']) {
        const [replaced, successor] = [rig.buffer(), rig.buffer()];
        rig.log = [];
        rig.scanout.attach(0, 1, replaced.fd);
        rig.scanout.attach(1, 1, successor.fd);
        rig.scanout.setCurrent(0);
        replaced.fill();
        successor.drain();
        await rig.flipTo(1);
        const steps = [() => replaced.drain(), () => successor.write()];
        if (first === 'flush') steps.reverse();
        for (const step of steps) {
          assert.deepEqual(rig.log, ['flip 1 pending']);
          step();
          await turns();
        }
        assert.deepEqual(rig.log, ['flip 1 pending', 'fence 0'], first);
      }
    });

    it('of several draining slots comes for each, once', async () => {
      const fifos = [0, 1, 2, 3].map(() => rig.buffer());
      fifos.forEach((fifo, slot) => rig.scanout.attach(slot, 1, fifo.fd));
      rig.scanout.setCurrent(0);
      for (const slot of [0, 1, 2]) fifos[slot]?.fill();
      for (const slot of [1, 2, 3]) await rig.flipTo(slot);
      assert.deepEqual(rig.log, ['flip 1', 'flip 2', 'flip 3']);
      for (const slot of [1, 0, 2]) {
        fifos[slot]?.drain();
        fifos[slot]?.write();
        await until(() => rig.log.at(-1) === `fence ${slot}`);
      }
      await turns();
      assert.deepEqual(rig.log.slice(3), ['fence 1', 'fence 0', 'fence 2']);
    });

    it('is owed for every replacement, even one before the last fence', async () => {
      const [zero, one] = [rig.buffer(), rig.buffer()];
      rig.scanout.attach(0, 1, zero.fd);
      rig.scanout.attach(1, 1, one.fd);
      rig.scanout.setCurrent(0);
      zero.fill();
      for (const slot of [1, 0, 1]) await rig.flipTo(slot);
      assert.deepEqual(rig.log, ['flip 1', 'flip 0', 'fence 1', 'flip 1']);
      zero.drain();
      zero.write();
      await until(() => rig.log.length > 5);
      await turns();
      assert.deepEqual(rig.log.slice(4), ['fence 0', 'fence 0']);
    });

    it('of a detached slot never comes', async () => {
      const replaced = rig.buffer();
      const before = openDescriptors();
      rig.scanout.attach(0, 1, replaced.fd);
      rig.scanout.attach(1, 1, -1);
      rig.scanout.setCurrent(0);
      replaced.fill();
      await rig.flipTo(1);
      rig.scanout.detach(0);
      assert.equal(openDescriptors(), before);
      replaced.drain();
      await turns();
      assert.deepEqual(rig.log, ['flip 1']);
    });

    it("still waits for a successor's flush when that is detached", async () => {
      const successor = rig.buffer();
      rig.scanout.attach(0, 1, rig.buffer().fd);
      rig.scanout.attach(1, 1, successor.fd);
      rig.scanout.setCurrent(0);
      successor.drain();
      await rig.flipTo(1);
      rig.scanout.detach(1);
      await turns();
      assert.deepEqual(rig.log, ['flip 1 pending']);
      successor.write();
      await until(() => rig.log.length > 1);
      assert.deepEqual(rig.log, ['flip 1 pending', 'fence 0']);
    });

    it('keeps slots that replaced each other apart when all closes', async () => {
      const [zero, one] = [rig.buffer(), rig.buffer()];
      const before = openDescriptors();
      rig.scanout.attach(0, 1, zero.fd);
      rig.scanout.attach(1, 1, one.fd);
      rig.scanout.setCurrent(0);
      zero.fill();
      one.fill();
      await rig.flipTo(1);
      await rig.flipTo(0);
      rig.scanout.close();
      assert.equal(openDescriptors(), before);
    });
  });
});
