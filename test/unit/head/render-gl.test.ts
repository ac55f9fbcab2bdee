/** Whose life GL shares: the pair's, and that of the GPU that it is on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GuestheadError } from '../../../src/errors.js';
import { openGpus } from '../../../src/head/index.js';
import type { Frame } from '../../../src/loop/index.js';
import { FakeKernel } from '../../../src/testing/index.js';
import { GlPairRig } from '../../support/gl-pair-rig.js';

describe('GL of a pair', () => {
  it('is the same for whoever asks, also while it opens', async () => {
    const rig = await GlPairRig.open();
    const [first, second] = [rig.gpus.openGl(), rig.gpus.openGl()];
    (await rig.thread(1)).end(0);
    assert.equal(await first, await second);
    assert.equal(await rig.gpus.openGl(), await first);
    assert.equal(rig.threads.length, 1);
    rig.gpus.close();
  });

  it('is one anew once it is closed, for all who ask at once', async () => {
    const rig = await GlPairRig.open();
    (await rig.gl(1)).close();
    const [first, second] = [rig.gpus.openGl(), rig.gpus.openGl()];
    (await rig.thread(2)).end(0);
    assert.equal(await first, await second);
    assert.equal(rig.threads.length, 2);
    rig.gpus.close();
  });

  it('that cannot be opened can be tried again', async () => {
    const rig = await GlPairRig.open();
    const opening = rig.gpus.openGl();
    (await rig.thread(1)).end(0, { code: 'ERR_UNSUPPORTED', operation: 'eglInitialize', message: '' });
    await assert.rejects(opening, { code: 'ERR_UNSUPPORTED' });
    assert.equal(rig.threads[0]!.closed, true);
    await rig.gl(2);
    rig.gpus.close();
  });

  it('keeps the GBM device from being destroyed until its thread has ended', async () => {
    const rig = await GlPairRig.open();
    const gl = await rig.gl(1);
    rig.gpus.close();
    const [thread, allocator] = [rig.threads[0]!, rig.allocators[0]!];
    assert.deepEqual([thread.closed, allocator.closed, allocator.loans], [true, true, 1]);
    thread.finish();
    await gl.ended();
    assert.equal(allocator.loans, 0);
    await assert.rejects(gl.createOffscreen(8, 8), { code: 'ERR_CLOSED' });
    await assert.rejects(rig.gpus.openGl(), { code: 'ERR_CLOSED' });
  });

  it('that opens while the pair is closed is closed with it', async () => {
    const rig = await GlPairRig.open();
    const early = rig.gpus.openGl();
    rig.gpus.close(); // before the thread is there
    await assert.rejects(early, { code: 'ERR_CLOSED' });
    assert.equal(rig.threads.length, 0);

    const other = await GlPairRig.open();
    const late = other.gpus.openGl();
    await other.thread(1);
    other.gpus.close();
    await assert.rejects(late, { code: 'ERR_CLOSED' });
    assert.ok(other.threads[0]?.closed === true && other.allocators[0]?.closed === true);
  });

  it('that is lost says so to all that is under way, and comes back with the GPU', async () => {
    const rig = await GlPairRig.open({ reopen: true });
    const gl = await rig.gl(1);
    const under = gl.createOffscreen(8, 8);
    const rejected = assert.rejects(under, { code: 'ERR_DEVICE_LOST', message: /The render GPU is gone/ });
    await rig.kernel.unplug('render');
    await rejected;
    await assert.rejects(gl.createOffscreen(8, 8), { code: 'ERR_DEVICE_LOST' });
    await assert.rejects(rig.gpus.openGl(), { code: 'ERR_DEVICE_LOST' });
    const back = new Promise<void>((resolve) => {
      rig.gpus.changes$.subscribe(({ kind }) => {
        if (kind === 'back') resolve();
      });
    });
    await rig.kernel.plug('render');
    await back;
    assert.notEqual(await rig.gl(2), gl);
    rig.gpus.close();
  });

  it('whose driver fails as the GPU is gone, before anybody was told, is lost', async () => {
    const rig = await GlPairRig.open();
    const gl = await rig.gl(1);
    const [failing, later] = [gl.createOffscreen(8, 8), gl.createOffscreen(8, 8)];
    const rejected = [failing, later].map((job) => assert.rejects(job, { code: 'ERR_DEVICE_LOST' }));
    await rig.kernel.unplug('render', { silent: true });
    rig.threads[0]!.end(1, { code: 'ERR_GL', operation: 'glTexImage2D', message: '' });
    await Promise.all(rejected);
    assert.equal(gl.closed, true);
    rig.gpus.close();
  });

  it('whose driver fails on a GPU that is there goes on', async () => {
    const rig = await GlPairRig.open();
    const gl = await rig.gl(1);
    const job = gl.createOffscreen(8, 8);
    rig.threads[0]!.end(1, { code: 'ERR_GL', operation: 'glTexImage2D', message: '' });
    await assert.rejects(job, { code: 'ERR_GL' });
    assert.equal(gl.closed, false);
    rig.gpus.close();
  });

  it('that lost the GPU while the module was loaded has another to begin with', async () => {
    const rig = await GlPairRig.open({ reopen: true });
    const opening = assert.rejects(rig.gpus.openGl(), { code: 'ERR_DEVICE_LOST' });
    await rig.kernel.unplug('render');
    await opening;
    rig.gpus.close();
  });

  it('is not idle from the moment that a job is handed over, which its thread may take up later', async () => {
    const rig = await GlPairRig.open();
    const gl = await rig.gl(1);
    await sleep(60);
    const before = gl.idleMs;
    const job = gl.createOffscreen(8, 8);
    assert.ok(gl.idleMs < before);
    rig.threads[0]!.end(1);
    await job;
    rig.gpus.close();
  });

  it('has time for its jobs that no frame’s drawing is blamed for', async () => {
    const rig = await GlPairRig.open();
    const gl = await rig.gl(1);
    const head = await rig.gpus.openHead({ source: 'gpu', flipTimeoutMs: 40 });
    const thread = rig.threads[0]!;
    thread.busy = 1;
    let signal: AbortSignal | undefined;
    const ended = new Promise<GuestheadError>((error) => {
      const draw = async (frame: Frame) => {
        ({ signal } = frame);
        await gl.createOffscreen(8, 8);
      };
      head.flips(draw).subscribe({ error });
    });
    await sleep(200);
    assert.deepEqual([signal?.aborted, gl.idleMs], [false, 0]);
    thread.busy = 0; // a fence that the job waits for, say, has no such limit
    assert.equal((await ended).code, 'ERR_DRAW');
    assert.equal(signal?.aborted, true);
    thread.end(1);
    rig.gpus.close();
  });

  it('cannot be had of the fake kernel', async () => {
    const gpus = await openGpus({ kernel: new FakeKernel() });
    for (let round = 0; round < 2; round++) await assert.rejects(gpus.openGl(), { code: 'ERR_UNSUPPORTED' });
    gpus.close();
  });
});
