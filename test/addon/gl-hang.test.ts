/** A driver that does not come back: reported, the loop goes on, and the process ends all the same. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { GuestheadError } from '../../src/errors.js';
import { Gl, type GlPicture } from '../../src/gl/index.js';
import { closeAll, HeadOnFake } from '../support/fake-head.js';
import { loadScript, native, sanitized } from './support/addon.js';
import { transcript } from './support/child.js';
import { Fifo, openDescriptors } from './support/descriptors.js';
import { driver, openAtDriver, runOnFakeEgl, underFakeEgl } from './support/fake-egl.js';
import { composition, GlRig, pictured, solid } from './support/gl-rig.js';
import { turns, until } from './support/loop.js';

const to = { x: 0, y: 0, width: 8, height: 8 };
const scene = { layers: [{ colour: [1, 0, 0, 1], to }], fence: 'finish' } as const;
const shader = 'void mainImage(out vec4 colour, in vec2 position) {}';
const timeoutMs = 200;
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (error as GuestheadError).code,
  );

/** The longest time that the loop did not turn, in ms. */
async function longestGap(during: Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  await during;
  clearInterval(timer);
  return longest;
}

underFakeEgl(import.meta.url, () => {
  let gl: Gl;
  let picture: GlPicture;
  let device: string[] = [];
  beforeEach(async () => {
    driver();
    const told: string[] = (device = []);
    const gbm = {
      address: 0n,
      lend: () => () => told.push('given back'),
      abandon: () => told.push('abandoned'),
    };
    gl = await Gl.open({ native, gbm, device: '/dev/dri/fake' }, { timeoutMs });
    picture = await gl.createOffscreen(8, 8);
  });
  afterEach(async () => {
    driver();
    gl.close();
    await until(() => Object.keys(openAtDriver()).length === 0, 'the end of the thread');
  });

  describe('a hang', () => {
    const jobs: [word: string, what: string, job: () => Promise<unknown>][] = [
      ['hang-draw', 'compose', () => gl.compose(picture, scene)],
      ['hang-finish', 'compose', () => gl.compose(picture, scene)],
      ['hang-compile', 'createEffect', () => gl.createEffect(shader)],
    ];
    for (const [word, what, job] of jobs)
      it(`in ${word.slice(5)} is told with its job, and all that waits rejects`, async () => {
        driver(word);
        const first = job();
        const later = [gl.compose(picture, scene), gl.createOffscreen(8, 8), gl.readPixels(picture, 0, 0, 1, 1)];
        await assert.rejects(first, ({ code, message, device, advice }: GuestheadError) => {
          assert.deepEqual([code, device], ['ERR_GL_TIMEOUT', '/dev/dri/fake']);
          assert.match(message, new RegExp(`from ${what} for ${timeoutMs} ms`));
          assert.match(advice ?? '', /dmesg/);
          return true;
        });
        assert.deepEqual(await Promise.all(later.map(codeOf)), Array(3).fill('ERR_GL_TIMEOUT'));
        assert.equal(gl.closed, true);
        assert.throws(() => gl.compose(picture, scene), { code: 'ERR_GL_TIMEOUT' });
        assert.deepEqual(device, ['abandoned'], 'the GBM device is left to the thread');
      });

    it('in the opening is told, and another opening works once the driver does', async () => {
      gl.close();
      driver('hang-initialize');
      await assert.rejects(Gl.open({ native }, { timeoutMs }), { code: 'ERR_GL_TIMEOUT', message: /from open/ });
      driver();
      (await Gl.open({ native })).close();
    });

    it('holds the loop no longer than a drawing that ends', async () => {
      const gaps: number[] = [];
      const isHeld = () => (gaps.at(-1) ?? Infinity) >= timeoutMs / 2;
      for (let tries = 0; tries < 3 && isHeld(); tries++) gaps.push(await gapOfHang()); // others may have the processor so long
      assert.ok(!isHeld(), `${gaps.join(', ')} ms, of ${timeoutMs} that it took`);
    });

    async function gapOfHang(): Promise<number> {
      driver();
      const hanging = await Gl.open({ native }, { timeoutMs });
      const target = await hanging.createOffscreen(8, 8);
      driver('hang-draw');
      const gap = await longestGap(codeOf(hanging.compose(target, scene)));
      driver();
      await hanging.ended();
      return gap;
    }

    it('that ends after all is heard of no more, and the thread closes what it has', async () => {
      driver('hang-draw');
      await codeOf(gl.compose(picture, scene));
      const before = openDescriptors();
      assert.deepEqual(openAtDriver(), { displays: 1, contexts: 1, textures: 1, programs: 1 });
      driver('native-fence');
      await gl.ended();
      assert.deepEqual(openAtDriver(), {});
      assert.deepEqual(device, ['abandoned', 'given back']);
      assert.ok(openDescriptors() <= before);
    });

    it('is none where a job waits for a fence that is late', async () => {
      const rig = await GlRig.open(); // of a driver without native fences: the thread waits
      const late = new Fifo();
      rig.compose(1, [pictured(1, late.fd)]);
      await delay(60);
      assert.equal(rig.gl.busyMs(), 0);
      assert.equal(rig.told.length, 2);
      late.write();
      assert.equal((await rig.result(1)).failure, undefined);
      rig.compose(2, [pictured(1, late.fd)]);
      late.drain();
      rig.compose(3, [pictured(1, late.fd)]);
      await rig.close(); // an end waits for no fence
      late.close();
    });

    it('does not hold up another Gl', async () => {
      const other = await Gl.open({ native });
      const its = await other.createOffscreen(8, 8);
      driver('hang-draw');
      const hangs = codeOf(gl.compose(picture, scene));

      assert.equal((await other.readPixels(its, 0, 0, 2, 2)).length, 16);
      assert.equal(await hangs, 'ERR_GL_TIMEOUT');
      other.close();
      await other.ended();
      assert.deepEqual(
        openAtDriver(),
        { displays: 1, contexts: 1, textures: 1, programs: 1 },
        'the display is used still',
      );
    });

    for (const onDrawError of ['end', 'skip'] as const)
      it(`leaves the last frame on the screen; the flips ${onDrawError === 'end' ? 'end' : 'go on without GL'}`, async () => {
        const machine = await HeadOnFake.open({ head: { onDrawError } });
        await machine.start(async (frame) => {
          if (!gl.closed) await gl.compose(picture, scene);
          frame.pixels.fill(frame.number);
        });
        const flipUntil = async (holds: () => boolean) => {
          while (!holds()) {
            await machine.kernel.flip();
            await turns(1);
          }
        };
        await flipUntil(() => machine.flips.length >= 3);
        driver('hang-draw');
        await turns(3); // what was drawn before is shown still
        await machine.kernel.flip();
        await machine.kernel.flip();
        const shown = machine.flips.length;
        await flipUntil(() => gl.closed);
        assert.equal(machine.flips.length, shown);
        const failed = (error: GuestheadError) => (error.cause as GuestheadError).code;
        if (onDrawError === 'end') {
          await until(() => machine.end !== undefined);
          assert.equal(failed(machine.end as GuestheadError), 'ERR_GL_TIMEOUT');
        } else {
          await until(() => machine.faults.length > 0);
          assert.deepEqual(machine.faults.map(failed), ['ERR_GL_TIMEOUT']);
          await flipUntil(() => machine.flips.length >= shown + 5);
        }
        await closeAll();
      });
  });

  describe('a close', () => {
    it('does not wait for a drawing under way, and tells once the driver has come back', async () => {
      driver('hang-draw');
      const drawing = assert.rejects(gl.compose(picture, scene), { code: 'ERR_CLOSED' });
      await delay(20);
      let ended = false;
      void gl.ended().then(() => (ended = true));
      const before = performance.now();
      gl.close();
      assert.ok(performance.now() - before < timeoutMs / 4);
      await drawing;
      await turns();
      assert.deepEqual([ended, device], [false, []], 'the thread uses the GBM device still');
      driver();
      await gl.ended();
      assert.deepEqual([openAtDriver(), device], [{}, ['given back']]);
    });

    it('lets another be opened meanwhile', async () => {
      driver('hang-draw');
      const drawing = codeOf(gl.compose(picture, scene));
      await delay(20);
      gl.close();
      assert.equal(await drawing, 'ERR_CLOSED');
      const other = await Gl.open({ native });
      await other.createOffscreen(8, 8);
      driver();
      await gl.ended();
      await other.createOffscreen(8, 8);
      other.close();
      await other.ended();
    });

    it('finds the jobs and results that a thread would have left', async () => {
      const rig = await GlRig.open();
      driver('native-fence', 'hang-draw');
      rig.compose(1, []); // nothing to draw: its fence comes back
      const before = openDescriptors();
      for (let job = 2; job < 12; job++) rig.compose(job);
      const end = Date.now() + 5000;
      while (rig.gl.busyMs() < 20 && Date.now() < end);
      rig.gl.close();
      assert.ok(openDescriptors() <= before + 1, 'that of the job under way is left');
      driver();
      await rig.ended();
      assert.ok(openDescriptors() <= before);
    });
  });
});

describe('with a hung driver', () => {
  const numbers = [...composition({ layers: [solid] })];
  const hang = `${loadScript}
    const gl = globalThis.gl = native.openGl(0n, '', () => {}, () => {});
    gl.createOffscreen(1, 1, 64, 64);
    gl.compose(2, Float64Array.of(${numbers.join()}), ${numbers.length});`;
  const runs = async (script: string, status = 0) => {
    const result = await runOnFakeEgl(['-e', script], ['hang-draw']);
    assert.deepEqual([result.status, result.signal, result.stderr], [status, null, ''], transcript(result));
  };

  it('the process exits', () => runs(`${hang} setTimeout(() => process.exit(3), 100);`, 3));
  const slow = { skip: sanitized && 'a process each, and each is slow under a sanitizer' };
  it('the process ends by itself once it is closed', slow, () => runs(`${hang} setTimeout(() => gl.close(), 100);`));
  it('a worker is terminated', () => {
    const worker = `${hang} setTimeout(() => require('worker_threads').parentPort.postMessage(0), 100);`;
    return runs(`const { Worker } = require('worker_threads');
      const worker = new Worker(${JSON.stringify(worker)}, { eval: true });
      worker.once('message', () => worker.terminate().then(() => console.log('terminated')));`);
  });
  it('a worker exits by itself', slow, () => {
    const worker = `${hang} setTimeout(() => process.exit(0), 100);`;
    return runs(`const { Worker } = require('worker_threads');
      new Worker(${JSON.stringify(worker)}, { eval: true });`);
  });
});
