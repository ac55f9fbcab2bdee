/** A picture's memory, which JavaScript has as an ArrayBuffer while the thread uploads from it. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { loadScript } from './support/addon.js';
import { runNode, transcript } from './support/child.js';
import { driver, underFakeEgl } from './support/fake-egl.js';
import { composition, GlRig, pictured } from './support/gl-rig.js';
import { turns } from './support/loop.js';

underFakeEgl(import.meta.url, () => {
  beforeEach(() => {
    driver('native-fence');
  });

  describe('memory to upload from', () => {
    const uploads = [[2, 0, 0, 1024, 1024]];
    const pixels = async (rig: GlRig) => {
      const buffer = rig.gl.createPixels(900, 2, 1024, 1024, true);
      await rig.result(900);
      return buffer;
    };
    const upload = (rig: GlRig, job: number) => {
      const numbers = composition({ uploads, layers: [pictured(2)], fence: 1 });
      rig.gl.compose(job, numbers, numbers.length);
    };

    it('is zeroes, as large as was asked for', async () => {
      const rig = await GlRig.open();
      const buffer = rig.gl.createPixels(1, 2, 3, 5, false);
      assert.deepEqual(new Uint8Array(buffer), new Uint8Array(60));
      await rig.close();
    });

    it('costs nothing until it is written', async () => {
      const rig = await GlRig.open();
      const before = process.memoryUsage.rss();
      const buffer = rig.gl.createPixels(1, 2, 16_384, 8192, true);
      assert.equal((await rig.result(1)).failure?.code, 'ERR_UNSUPPORTED', 'it is larger than the driver takes');
      assert.ok(process.memoryUsage.rss() - before < buffer.byteLength / 4);
      await rig.close();
    });

    it('outlives Gl', async () => {
      const rig = await GlRig.open();
      const view = new Uint8Array(await pixels(rig));
      await rig.close();
      view.fill(7);
      assert.equal(view.at(-1), 7);
    });

    it('does not leave for another thread: it is copied, or that is refused', async () => {
      const rig = await GlRig.open();
      const buffer = await pixels(rig);
      try {
        structuredClone(buffer, { transfer: [buffer] });
      } catch (error) {
        assert.equal((error as Error).name, 'DataCloneError'); // from Node 21 on
      }
      assert.equal(buffer.byteLength, 4 * 1024 * 1024);
      await rig.close();
    });

    it('may be collected while the thread uploads', async () => {
      driver('native-fence', 'slow-draw');
      const rig = await GlRig.open();
      new Uint8Array(await pixels(rig)).fill(1);
      for (let job = 1; job <= 10; job++) upload(rig, job);
      rig.gl.remove(2);
      const gc = (globalThis as { gc?: () => void }).gc;
      while (!rig.told.some(({ job }) => job === 10)) {
        gc?.();
        await turns(1);
      }
      await rig.close();
    });

    it('may be transferred while the thread uploads', async () => {
      const script = `${loadScript}
        let done = 0, ended = false;
        const gl = native.openGl(0n, '', (job) => { done = job; }, () => { ended = true; });
        let buffer = gl.createPixels(1, 2, 1024, 1024, true);
        gl.createOffscreen(2, 1, 64, 64);
        const numbers = Float64Array.from(${JSON.stringify([...composition({ uploads, layers: [pictured(2)], fence: 1 })])});
        for (let job = 3; job <= 12; job++) gl.compose(job, numbers, numbers.length);
        let moved = buffer.transfer();
        new Uint8Array(moved).fill(9);
        moved = moved.transfer(16);
        buffer = undefined;
        (async () => {
          while (done < 12) { gc(); await new Promise(setImmediate); }
          gl.close();
          while (!ended) await new Promise(setImmediate);
          console.log(moved.byteLength);
        })();`;
      const flags = 'transfer' in ArrayBuffer.prototype ? [] : ['--harmony-rab-gsab-transfer']; // Node 20
      const result = await runNode(['--expose-gc', ...flags, '-e', script]);
      assert.equal(result.stdout, '16\n', transcript(result));
      assert.equal(result.status, 0, transcript(result));
    });
  });
});
