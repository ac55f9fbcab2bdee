/** What setCurrent replaces is free again by the rule of flips, in a later turn; on a fake kernel. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadScript, native } from './support/addon.js';
import { runNode, transcript } from './support/child.js';
import { fifoScript, openDescriptors, openPipe } from './support/descriptors.js';
import { ids, underFakeKernel } from './support/fake-kernel.js';
import { turns, until } from './support/loop.js';
import { useScanoutRig } from './support/scanout-rig.js';

underFakeKernel(import.meta.url, () => {
  const rig = useScanoutRig();
  /** A line more in the log. */
  const logged = (line: string): Promise<void> => until(() => rig.log.at(-1) === line, line);

  describe('a slot that a modeset replaced', () => {
    it('is reported in a later turn, never within setCurrent', async () => {
      rig.attachBuffers(2);
      let within = true;
      rig.during.set('fence 0', () => assert.equal(within, false));
      rig.scanout.setCurrent(1);
      within = false;
      await Promise.resolve();
      assert.deepEqual(rig.log, []);
      await logged('fence 0');
      await turns();
      assert.deepEqual(rig.log, ['fence 0']);
      await rig.flipTo(0);
      assert.deepEqual(rig.log, ['fence 0', 'flip 0', 'fence 1']);
    });

    it('is reported although neither it nor its successor has a dma-buf', async () => {
      for (const slot of [0, 1]) rig.scanout.attach(slot, 1, -1);
      rig.scanout.setCurrent(0);
      for (const [slot, line] of [
        [1, 'fence 0'],
        [0, 'fence 1'],
        [-1, 'fence 0'],
      ] as const) {
        rig.scanout.setCurrent(slot);
        await logged(line);
      }
    });

    it("waits for its own fences and for the successor's flush", async () => {
      const [replaced, successor] = rig.attachBuffers(2);
      replaced?.fill();
      successor?.drain();
      rig.scanout.setCurrent(1);
      await turns();
      replaced?.drain();
      await turns();
      assert.deepEqual(rig.log, []);
      successor?.write();
      await logged('fence 0');
      await turns();
      assert.deepEqual(rig.log, ['fence 0']);
    });

    it('waits for its own fences alone where nothing of ours follows', async () => {
      const [replaced] = rig.attachBuffers(1);
      replaced?.fill();
      rig.scanout.setCurrent(-1);
      await turns();
      assert.deepEqual(rig.log, []);
      replaced?.drain();
      await logged('fence 0');
    });

    it('may be followed by another modeset in its handler', async () => {
      rig.attachBuffers(3);
      rig.during.set('fence 0', () => rig.scanout.setCurrent(2));
      rig.scanout.setCurrent(1);
      await logged('fence 1');
      await turns();
      assert.deepEqual(rig.log, ['fence 0', 'fence 1']);
    });

    it('and one that a flip replaced meanwhile are reported once each', async () => {
      const [, , last] = rig.attachBuffers(3);
      last?.drain();
      rig.scanout.setCurrent(1);
      await rig.flipTo(2);
      last?.write();
      await until(() => rig.log.length > 2);
      await turns();
      assert.deepEqual(rig.log.toSorted(), ['fence 0', 'fence 1', 'flip 2 pending']);
    });

    it('is not reported once it is detached, nor once the scanout is closed', async () => {
      rig.attachBuffers(3);
      rig.scanout.setCurrent(1);
      rig.scanout.detach(0);
      await turns();
      rig.scanout.setCurrent(2);
      rig.scanout.close();
      await turns();
      assert.deepEqual(rig.log, []);
    });

    it('is not waited for once the device is lost', async () => {
      const pipe = openPipe();
      const lost = native.openDevice(pipe.fd);
      const scanout = lost.createScanout(ids, rig.handlers);
      for (const slot of [0, 1]) scanout.attach(slot, 1, -1);
      scanout.setCurrent(0);
      rig.during.set('error', () => scanout.setCurrent(1));
      pipe.hangUp();
      await until(() => rig.errors.length > 0);
      scanout.setCurrent(-1);
      await turns();
      assert.deepEqual(rig.log, ['error']);
      lost.close();
    });
  });

  it('the slot that is there already is not replaced', async () => {
    rig.attachBuffers(1);
    const before = openDescriptors();
    rig.scanout.setCurrent(0);
    await turns();
    assert.deepEqual(rig.log, []);
    assert.equal(openDescriptors(), before);
  });

  it('leaves no descriptor', async () => {
    rig.device.close();
    const before = openDescriptors();
    rig.reopen();
    const opened = openDescriptors();
    for (const slot of [0, 1]) rig.scanout.attach(slot, 1, -1);
    for (const slot of [0, 1, 0, 1, -1]) rig.scanout.setCurrent(slot);
    assert.ok(openDescriptors() > opened);
    await turns();
    rig.device.close();
    assert.equal(openDescriptors(), before);
  });

  it('keeps the process alive until it is reported, and no longer', async () => {
    const script = `${loadScript}
      ${fifoScript}
      const noop = () => {};
      const fence = (slot) => console.log('fence ' + slot);
      const scanout = native.openDevice(fd).createScanout(${JSON.stringify(ids)}, { flip: noop, fence, error: noop });
      for (const slot of [0, 1]) scanout.attach(slot, 1, -1);
      scanout.setCurrent(0);
      scanout.setCurrent(1);`;
    const result = await runNode(['-e', script]);
    assert.deepEqual([result.status, result.stdout, result.stderr], [0, 'fence 0\n', ''], transcript(result));
  });
});
