/** What keeps a scanout and the loop alive, on a fake kernel. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NativeScanout } from '../../src/native/index.js';
import { loadScript, native } from './support/addon.js';
import { runNode } from './support/child.js';
import { fifoScript, openDescriptors } from './support/descriptors.js';
import { ids, underFakeKernel } from './support/fake-kernel.js';
import { collectUntil, until } from './support/loop.js';
import { flipFlags, useScanoutRig } from './support/scanout-rig.js';

underFakeKernel(import.meta.url, () => {
  const rig = useScanoutRig();

  describe('the loop', () => {
    const script = (ending: string): string => `${loadScript} ${fifoScript}
      const handlers = { flip() { console.log('flip'); }, fence() {}, error() {} };
      const scanout = native.openDevice(fd).createScanout(${JSON.stringify(ids)}, handlers);
      scanout.attach(0, 1, fd);
      ${ending}`;
    const commit = `scanout.commit(0, -1, ${flipFlags}, false);`;

    it('is not kept alive by an idle device', async () => {
      const result = await runNode(['-e', script('')]);
      assert.deepEqual([result.status, result.stdout, result.stderr], [0, '', '']);
    });

    it('is kept alive by a flip under way', async () => {
      const ending = `${commit}
        const line = fs.readFileSync(process.env.FAKE_KERNEL + '/commits', 'utf8').trim().split('\\n').at(-1);
        const event = Buffer.alloc(32);
        event.writeUInt32LE(2, 0);
        event.writeUInt32LE(32, 4);
        event.writeBigUInt64LE(BigInt(line.split(' ')[2]), 8);
        setTimeout(() => fs.writeSync(fd, event), 200).unref();`;
      const result = await runNode(['-e', script(ending)]);
      assert.deepEqual([result.status, result.stdout, result.stderr], [0, 'flip\n', '']);
    });

    it('is not kept alive once the scanout is closed', async () => {
      const result = await runNode(['-e', script(`${commit} scanout.close();`)]);
      assert.deepEqual([result.status, result.stdout, result.stderr], [0, '', '']);
    });
  });

  describe('a method of its own', () => {
    it('does without `this`, and is refused once the scanout is closed', () => {
      const scanout = native.openDevice(rig.card.fd).createScanout(ids, rig.handlers);
      const commit = commitOf(scanout);
      assert.throws(() => commit(99, -1, flipFlags, false), RangeError);
      scanout.close();
      assert.throws(() => commit(99, -1, flipFlags, false), { code: 'ERR_CLOSED' });
    });

    it('outlives its scanout, and is refused once that was collected', async () => {
      let collected = false;
      const registry = new FinalizationRegistry(() => (collected = true));
      const methodOf = () => {
        const scanout = native.openDevice(rig.card.fd).createScanout(ids, rig.handlers);
        registry.register(scanout, undefined);
        return commitOf(scanout);
      };
      const commit = methodOf();
      await collectUntil(() => collected);
      assert.throws(() => commit(99, -1, flipFlags, false), { code: 'ERR_CLOSED' });
    });
  });

  describe('garbage', () => {
    it('is collected, though its handlers lead back to it', async () => {
      const before = openDescriptors();
      const make = (): WeakRef<object> => {
        const opened = native.openDevice(rig.card.fd);
        const cycle: { scanout?: NativeScanout } = {};
        const touch = (): boolean => cycle.scanout === undefined;
        cycle.scanout = opened.createScanout(ids, { flip: touch, fence: touch, error: touch });
        cycle.scanout.attach(0, 1, rig.card.fd);
        return new WeakRef(cycle.scanout);
      };
      const weak = make();
      await collectUntil(() => weak.deref() === undefined && openDescriptors() === before);
      assert.equal(weak.deref(), undefined);
      assert.equal(openDescriptors(), before);
    });

    it('is not what has a flip under way', async () => {
      rig.scanout.close();
      const make = (): void => {
        const own = native.openDevice(rig.card.fd).createScanout(ids, rig.handlers);
        own.attach(4, 1, -1);
        own.commit(4, -1, flipFlags, false);
      };
      make();
      let rounds = 0;
      await collectUntil(() => ++rounds > 20);
      rig.card.flip();
      await until(() => rig.log.length > 0);
      assert.deepEqual(rig.log, ['flip 4']);
    });
  });
});

function commitOf(scanout: NativeScanout): (...values: readonly unknown[]) => unknown {
  return Reflect.get(scanout, 'commit') as never;
}
