/** What a `NativeScanout` does, said once; run on the fake here and on the real addon in the lab. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { after, before, beforeEach, describe, it } from 'node:test';
import { commitFlag, type NativeDevice, type NativeScanout } from '../../src/native/index.js';

/** Four attached slots, of which slot 0 is on the screen. */
export interface ScanoutRig {
  readonly device: NativeDevice;
  readonly scanout: NativeScanout;
  /** What the handlers were called with, in order. */
  readonly calls: HandlerCall[];
  /** Resolves once the flip under way, if any, and the fences that are due have been reported. */
  settle(): Promise<void>;
  close(): void;
}

export type HandlerCall =
  | { readonly kind: 'flip'; readonly slot: number; readonly sequence: number; readonly timestampNs: number }
  | { readonly kind: 'fence'; readonly slot: number };

const flipFlags = commitFlag.nonblock | commitFlag.pageFlipEvent;

export function scanoutContract(name: string, open: () => ScanoutRig | Promise<ScanoutRig>): void {
  describe(`a scanout (${name})`, () => {
    let rig: ScanoutRig;
    const flip = async (slot: number) => {
      assert.equal(rig.scanout.commit(slot, -1, flipFlags, false), 0);
      await rig.settle();
    };
    const brief = () => rig.calls.map(({ kind, slot }) => `${kind} ${slot}`);
    const reopen = async () => {
      rig.close();
      rig = await open();
    };
    before(async () => {
      rig = await open();
    });
    after(() => {
      rig.close();
    });
    beforeEach(async () => {
      await rig.settle();
      await flip(0);
      rig.calls.length = 0;
    });

    it('reports each flip, then the fence of the buffer it replaced, once', async () => {
      for (const slot of [1, 2, 3]) await flip(slot);
      assert.deepEqual(brief(), ['flip 1', 'fence 0', 'flip 2', 'fence 1', 'flip 3', 'fence 2']);
    });

    it('counts sequence and time up', async () => {
      for (const slot of [1, 2]) await flip(slot);
      const [first, second] = rig.calls.filter((call) => call.kind === 'flip');
      assert.ok(first && second);
      assert.ok(second.sequence > first.sequence);
      assert.ok(second.timestampNs > first.timestampNs);
    });

    it('keeps the buffer that is flipped to again', async () => {
      await flip(0);
      assert.deepEqual(brief(), ['flip 0']);
    });

    it('refuses a second commit while one is under way', async () => {
      assert.equal(rig.scanout.commit(1, -1, flipFlags, false), 0);
      assert.equal(rig.scanout.commit(2, -1, flipFlags, false), -constants.errno.EBUSY);
      await rig.settle();
      assert.deepEqual(brief(), ['flip 1', 'fence 0']);
    });

    it('changes nothing in a test', async () => {
      assert.equal(rig.scanout.commit(1, -1, commitFlag.testOnly, false), 0);
      await rig.settle();
      assert.deepEqual(brief(), []);
    });

    it('reports the fence of a buffer that setCurrent replaced, in a later turn', async () => {
      rig.scanout.setCurrent(1);
      await Promise.resolve();
      assert.deepEqual(brief(), []);
      await rig.settle();
      assert.deepEqual(brief(), ['fence 0']);
      await flip(2);
      assert.deepEqual(brief(), ['fence 0', 'flip 2', 'fence 1']);
      rig.calls.length = 0;
      rig.scanout.setCurrent(-1);
      assert.deepEqual(brief(), []);
      await rig.settle();
      await flip(1);
      assert.deepEqual(brief(), ['fence 2', 'flip 1']);
    });

    it('reports nothing when setCurrent replaces no buffer, or one that is detached', async () => {
      rig.scanout.setCurrent(0);
      await rig.settle();
      assert.deepEqual(brief(), []);
      rig.scanout.setCurrent(-1);
      await rig.settle();
      rig.scanout.setCurrent(0);
      await rig.settle();
      assert.deepEqual(brief(), ['fence 0']);
      rig.calls.length = 0;
      rig.scanout.setCurrent(1);
      rig.scanout.detach(0);
      await rig.settle();
      assert.deepEqual(brief(), []);
      await reopen();
    });

    it('reports no fence of a slot detached before its successor came', async () => {
      rig.scanout.detach(0);
      await flip(1);
      assert.deepEqual(brief(), ['flip 1']);
      assert.throws(() => rig.scanout.commit(0, -1, flipFlags, false), RangeError);
      assert.throws(() => rig.scanout.setCurrent(0), RangeError);
      await reopen();
    });

    it('is closed with its device; close is idempotent and use after it throws', async () => {
      rig.scanout.commit(1, -1, flipFlags, false);
      rig.device.close();
      rig.device.close();
      rig.scanout.close();
      assert.throws(() => rig.scanout.commit(2, -1, flipFlags, false), { code: 'ERR_CLOSED' });
      assert.throws(() => rig.scanout.setCurrent(1), { code: 'ERR_CLOSED' });
      assert.deepEqual(brief(), []);
      await reopen();
    });
  });
}
