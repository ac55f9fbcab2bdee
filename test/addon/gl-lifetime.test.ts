/** Who keeps a NativeGl, what closes it, and that every descriptor is closed with it. */
import assert from 'node:assert/strict';
import { closeSync, fstatSync } from 'node:fs';
import { before, beforeEach, describe, it } from 'node:test';
import { Fifo, openDescriptors } from './support/descriptors.js';
import { driver, openAtDriver, underFakeEgl } from './support/fake-egl.js';
import { composition, GlRig, pictured } from './support/gl-rig.js';
import { collectUntil, turns, until } from './support/loop.js';
import { uncaughtDuring } from './support/uncaught.js';

const closed = { code: 'ERR_CLOSED' };

underFakeEgl(import.meta.url, () => {
  beforeEach(() => {
    driver('native-fence', 'dmabuf');
  });

  describe('closing', () => {
    it('is idempotent, frees all at the driver, and later use throws', async () => {
      const rig = await GlRig.open();
      const { gl } = rig;
      gl.createPixels(2, 2, 8, 8, true);
      gl.compile(3, 3, '', [], new Uint32Array());
      await until(() => rig.told.length === 4);
      for (let time = 0; time < 3; time++) await rig.close();
      assert.deepEqual(openAtDriver(), {});
      const calls = {
        importDmabuf: () => {
          gl.importDmabuf(1, 1, 1, 1, 1, 0n, Uint32Array.of(0), Uint32Array.of(0), Uint32Array.of(0), 0, 0);
        },
        createPixels: () => gl.createPixels(1, 1, 1, 1, true),
        createOffscreen: () => {
          gl.createOffscreen(1, 1, 1, 1);
        },
        compile: () => {
          gl.compile(1, 1, '', [], new Uint32Array());
        },
        compose: () => {
          gl.compose(1, composition({}), 9);
        },
        readPixels: () => {
          gl.readPixels(1, 1, 0, 0, 1, 1);
        },
        remove: () => {
          gl.remove(1);
        },
        pretendReset: () => {
          gl.pretendReset(true);
        },
        busyMs: () => gl.busyMs(),
      };
      for (const [name, call] of Object.entries(calls)) assert.throws(call, closed, name);
    });

    it('while it opens', async () => {
      const rig = new GlRig();
      await rig.close();
      await turns();
      assert.deepEqual(rig.told, []);
      assert.deepEqual(openAtDriver(), {});
    });

    it('drops the jobs that wait, and tells nothing any more', async () => {
      const rig = await GlRig.open();
      const before = openDescriptors();
      const pipe = new Fifo();
      driver('native-fence', 'slow-draw');
      for (let job = 1; job <= 50; job++) rig.compose(job, [pictured(1, pipe.fd)]);
      pipe.close();
      assert.ok(openDescriptors() > before, 'the jobs keep what they wait for');
      await rig.close();
      await turns();
      assert.equal(rig.told.length, 2);
      assert.equal(openDescriptors() <= before, true, 'and let go of it');
      assert.deepEqual(openAtDriver(), {});
    });

    it('closes the fences of drawings whose results nobody has heard of', async () => {
      const rig = await GlRig.open();
      const before = openDescriptors();
      for (let job = 1; job <= 20; job++) rig.compose(job);
      const end = Date.now() + 10_000;
      let open: number;
      do open = openDescriptors();
      while (open !== before + 20 && Date.now() < end); // the loop does not turn; the thread may have one more for a moment
      assert.equal(open, before + 20);
      await rig.close();
      assert.ok(openDescriptors() <= before);
      await turns();
      assert.equal(rig.told.length, 2);
    });
  });

  describe('a result', () => {
    it('brings a fence that is the callback’s own', async () => {
      const rig = await GlRig.open();
      rig.compose(1);
      const { fence } = await rig.result(1);
      await rig.close();
      assert.ok(fstatSync(fence));
      closeSync(fence);
    });

    it('may close, and none follows; the fences of the others are closed', async () => {
      const rig = await GlRig.open(({ job }) => {
        if (job === 1) rig.gl.close();
      });
      const before = openDescriptors();
      for (let job = 1; job <= 10; job++) rig.compose(job);
      await until(() => rig.told.length === 3);
      await rig.ended();
      await turns();
      assert.equal(rig.told.length, 3);
      rig.closeFences();
      assert.ok(openDescriptors() <= before);
    });

    it('may hand over the next job', async () => {
      const rig = await GlRig.open(({ job }) => {
        if (job >= 1 && job < 20) rig.compose(job + 1);
      });
      rig.compose(1);
      await rig.result(20);
      await rig.close();
      rig.closeFences();
    });

    it('that throws is an uncaught error, and the others follow', async () => {
      const rig = await GlRig.open(({ job }) => {
        if (job === 1 || job === 2) throw new Error(`of job ${job}`);
      });
      const messages = await uncaughtDuring(async () => {
        for (let job = 1; job <= 3; job++) rig.compose(job);
        await rig.result(3);
      });
      assert.deepEqual(messages, ['of job 1', 'of job 2']);
      await rig.close();
      rig.closeFences();
    });

    it('comes for each of very many jobs, in their order, and nothing grows', async () => {
      const rig = await GlRig.open();
      const jobs = 2000;
      const before = openDescriptors();
      for (let job = 1; job <= jobs; job++) rig.compose(job, [], 1);
      await rig.result(jobs);
      assert.deepEqual(
        rig.told.slice(2).map(({ job }) => job),
        Array.from({ length: jobs }, (_, index) => index + 1),
      );
      assert.equal(openDescriptors(), before);
      await rig.close();
    });
  });

  describe('descriptors', () => {
    before(async () => {
      await (await GlRig.open()).close(); // what is opened once in a process is open
    });

    for (const [what, ...words] of [
      ['succeeds'],
      ['the driver has no context for', 'no-context'],
      ['the driver refuses', 'no-initialize'],
    ])
      it(`do not grow over many openings that ${what ?? ''}`, async () => {
        driver('native-fence', 'dmabuf', ...words);
        await turns();
        const before = openDescriptors();
        for (let round = 0; round < 50; round++) {
          const rig = new GlRig();
          await rig.result(0);
          await rig.close();
        }
        await turns();
        assert.equal(openDescriptors(), before);
        assert.deepEqual(openAtDriver(), {});
      });

    it('do not grow over drawings that fail', async () => {
      const rig = await GlRig.open();
      const pipe = new Fifo();
      const before = openDescriptors();
      const faults = [['no-fence'], ['out-of-memory'], ['no-image', 'dmabuf'], ['no-compile']];
      let job = 0;
      for (const fault of faults) {
        driver('native-fence', ...fault);
        for (let round = 0; round < 10; round++) {
          rig.compose(++job, [pictured(1, pipe.fd)]);
          rig.gl.importDmabuf(
            ++job,
            9,
            4,
            4,
            1,
            0n,
            Uint32Array.of(pipe.fd),
            Uint32Array.of(0),
            Uint32Array.of(4),
            0,
            0,
          );
          rig.gl.compile(++job, 10, '', [], new Uint32Array());
        }
        await rig.result(job);
      }
      rig.closeFences();
      assert.equal(openDescriptors(), before);
      await rig.close();
      pipe.close();
      assert.deepEqual(openAtDriver(), {});
    });
  });

  describe('an object that nobody closed', () => {
    it('is collected with its thread once it is idle', async () => {
      const collected = new Set<number>();
      const registry = new FinalizationRegistry((which: number) => collected.add(which));
      for (let which = 0; which < 3; which++) registry.register((await GlRig.open()).gl, which);
      await collectUntil(() => collected.size === 3);
      assert.equal(collected.size, 3);
      await until(() => Object.keys(openAtDriver()).length === 0, 'the end of the threads');
    });

    it('lives while a job is under way', async () => {
      driver('native-fence', 'slow-draw');
      const fences: number[] = [];
      await (async () => {
        const rig = await GlRig.open(({ job, fence }) => job < 100 && fence >= 0 && fences.push(fence));
        for (let job = 1; job <= 5; job++) rig.compose(job);
      })();
      await collectUntil(() => fences.length === 5);
      assert.equal(fences.length, 5);
      for (const fence of fences) closeSync(fence);
    });
  });
});
