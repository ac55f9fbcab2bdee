/** Whose life GL shares: the pair's, and that of the GPU that it is on. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'node:test';
import type { GlFailure, GlResultHandler, NativeGl } from '../../../src/native.js';
import type { GuestheadError } from '../../../src/errors.js';
import type { Gl } from '../../../src/gl/index.js';
import { openGpus } from '../../../src/head/index.js';
import type { Frame } from '../../../src/loop/index.js';
import { FakeAllocator } from '../../../src/testing/fake-allocator.js';
import { FakeKernel } from '../../../src/testing/index.js';

/** A GPU's thread whose jobs end when the test says so. */
class FakeThread {
  closed = false;
  busy = 0;
  readonly jobs: number[] = [0];

  constructor(
    private readonly onResult: GlResultHandler,
    private readonly onEnded: () => void,
  ) {}

  readonly native = {
    createOffscreen: (job: number) => void this.jobs.push(job),
    remove: () => undefined,
    busyMs: () => this.busy,
    close: () => {
      this.closed = true;
    },
  } as unknown as NativeGl;

  /** The driver has come back, after the close. */
  finish(): void {
    this.onEnded();
  }

  end(job: number, failure?: GlFailure): void {
    this.jobs.splice(this.jobs.indexOf(job), 1);
    this.onResult(job, failure, -1, {}, false, 0, 0, 0);
  }
}

class Rig {
  readonly threads: FakeThread[] = [];

  private constructor(
    readonly kernel: FakeKernel,
    readonly gpus: Awaited<ReturnType<typeof openGpus>>,
    /** In the order in which they were made. */
    readonly allocators: readonly FakeAllocator[],
  ) {}

  static async open({ reopen = false } = {}): Promise<Rig> {
    const kernel = new FakeKernel();
    const allocators: FakeAllocator[] = [];
    const createGbm = kernel.createGbm.bind(kernel);
    kernel.createGbm = async (node) => {
      const gbm = await createGbm(node);
      assert.ok(gbm instanceof FakeAllocator);
      allocators.push(gbm);
      return gbm;
    };
    kernel.native.openGl = ((_gbm: bigint, _node: string, onResult: GlResultHandler, onEnded: () => void) => {
      const thread = new FakeThread(onResult, onEnded);
      rig.threads.push(thread);
      return thread.native;
    }) as unknown as typeof kernel.native.openGl;
    const rig: Rig = new Rig(kernel, await openGpus({ kernel, reopen }), allocators);
    return rig;
  }

  async thread(count: number): Promise<FakeThread> {
    while (this.threads.length < count) await turn();
    return this.threads[count - 1]!;
  }

  /** Open, on the thread with this number. */
  async gl(count: number) {
    const opening = this.gpus.openGl();
    (await this.thread(count)).end(0);
    return opening;
  }
}

describe('GL of a pair', () => {
  it('is the same for whoever asks, also while it opens', async () => {
    const rig = await Rig.open();
    const [first, second] = [rig.gpus.openGl(), rig.gpus.openGl()];
    (await rig.thread(1)).end(0);
    assert.equal(await first, await second);
    assert.equal(await rig.gpus.openGl(), await first);
    assert.equal(rig.threads.length, 1);
    rig.gpus.close();
  });

  it('is one anew once it is closed, for all who ask at once', async () => {
    const rig = await Rig.open();
    (await rig.gl(1)).close();
    const [first, second] = [rig.gpus.openGl(), rig.gpus.openGl()];
    (await rig.thread(2)).end(0);
    assert.equal(await first, await second);
    assert.equal(rig.threads.length, 2);
    rig.gpus.close();
  });

  it('that cannot be opened can be tried again', async () => {
    const rig = await Rig.open();
    const opening = rig.gpus.openGl();
    (await rig.thread(1)).end(0, { code: 'ERR_UNSUPPORTED', operation: 'eglInitialize', message: '' });
    await assert.rejects(opening, { code: 'ERR_UNSUPPORTED' });
    assert.equal(rig.threads[0]!.closed, true);
    await rig.gl(2);
    rig.gpus.close();
  });

  it('keeps the GBM device from being destroyed until its thread has ended', async () => {
    const rig = await Rig.open();
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
    const rig = await Rig.open();
    const early = rig.gpus.openGl();
    rig.gpus.close(); // before the thread is there
    await assert.rejects(early, { code: 'ERR_CLOSED' });
    assert.equal(rig.threads.length, 0);

    const other = await Rig.open();
    const late = other.gpus.openGl();
    await other.thread(1);
    other.gpus.close();
    await assert.rejects(late, { code: 'ERR_CLOSED' });
    assert.ok(other.threads[0]?.closed === true && other.allocators[0]?.closed === true);
  });

  it('that is lost says so to all that is under way, and comes back with the GPU', async () => {
    const rig = await Rig.open({ reopen: true });
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
    const rig = await Rig.open();
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
    const rig = await Rig.open();
    const gl = await rig.gl(1);
    const job = gl.createOffscreen(8, 8);
    rig.threads[0]!.end(1, { code: 'ERR_GL', operation: 'glTexImage2D', message: '' });
    await assert.rejects(job, { code: 'ERR_GL' });
    assert.equal(gl.closed, false);
    rig.gpus.close();
  });

  it('that lost the GPU while the module was loaded has another to begin with', async () => {
    const rig = await Rig.open({ reopen: true });
    const opening = assert.rejects(rig.gpus.openGl(), { code: 'ERR_DEVICE_LOST' });
    await rig.kernel.unplug('render');
    await opening;
    rig.gpus.close();
  });

  it('has time for its jobs that no frame’s drawing is blamed for', async () => {
    const rig = await Rig.open();
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

  describe('that hangs in its driver', () => {
    const timeoutMs = 20;

    async function hung(rig: Rig): Promise<Gl> {
      const opening = rig.gpus.openGl({ timeoutMs });
      const thread = await rig.thread(1);
      thread.end(0);
      const gl = await opening;
      thread.busy = 1000;
      const alive = setInterval(() => undefined, 1000); // as a job of a real thread
      await assert.rejects(gl.createOffscreen(8, 8), { code: 'ERR_GL_TIMEOUT' });
      clearInterval(alive);
      return gl;
    }

    it('leaves its head all it needs to go on: another device is opened beside the one that the thread holds', async () => {
      const rig = await Rig.open();
      const head = await rig.gpus.openHead({ source: 'gpu' });
      const gl = await hung(rig);
      const [first] = rig.allocators;
      assert.equal(head.info.path, 'import');
      assert.equal(head.info.render.backend, 'fake', 'said without the driver');
      await head.setMode('320x240');
      assert.deepEqual([head.info.path, head.info.mode.width], ['import', 320]);
      assert.ok(first!.buffers.size > 0, 'nothing was asked of the driver that is held');
      const second = await rig.gl(2);
      assert.equal(await rig.gpus.openGl(), second);
      assert.equal(rig.gpus.formats().length, 1);
      rig.threads[0]!.finish();
      await gl.ended();
      assert.deepEqual([first!.loans, first!.buffers.size], [0, 0]);
      rig.gpus.close();
    });

    it('and cannot be opened beside that leaves the paths without the driver; it is asked again with each GL', async () => {
      const rig = await Rig.open();
      const head = await rig.gpus.openHead();
      rig.kernel.fail('createGbm', constants.errno.ENOMEM, { times: 3 });
      await hung(rig);
      await turn();
      await head.setMode('320x240');
      assert.equal(head.info.path, 'udmabuf');
      assert.deepEqual(
        head.info.refused.map(({ path, code }) => [path, code]),
        [['import', 'ERR_GL_TIMEOUT']],
      );
      await assert.rejects(rig.gpus.openGl(), { errno: constants.errno.ENOMEM });
      await rig.gl(2);
      await head.setMode('640x480');
      rig.gpus.close();
    });

    it('and whose driver does not come back for another either says that it holds the old job', async () => {
      const rig = await Rig.open();
      rig.kernel.createGbm = () => new Promise(() => undefined);
      await hung(rig);
      for (let time = 0; time < 2; time++)
        await assert.rejects(rig.gpus.openGl({ timeoutMs }), {
          code: 'ERR_GL_TIMEOUT',
          message: /still holds the job/,
        });
      rig.gpus.close();
    });

    it('as the pair is closed leaves nothing open', async () => {
      const rig = await Rig.open();
      const gl = await hung(rig); // while another is opened
      rig.gpus.close();
      rig.threads[0]!.finish();
      await gl.ended();
      for (let turns = 0; turns < 5; turns++) await turn();
      const { descriptors, nodes, buffers } = rig.kernel.held();
      assert.deepEqual([descriptors, nodes, buffers], [0, 0, 0]);
    });
  });

  it('cannot be had of the fake kernel', async () => {
    const gpus = await openGpus({ kernel: new FakeKernel() });
    for (let round = 0; round < 2; round++) await assert.rejects(gpus.openGl(), { code: 'ERR_UNSUPPORTED' });
    gpus.close();
  });
});
