/** A pair of the fake machine whose GL is made up: its threads do what the test says. */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { openGpus } from '../../src/head/index.js';
import type { GlFailure, GlResultHandler, NativeGl } from '../../src/native/index.js';
import { FakeAllocator } from '../../src/testing/fake-allocator.js';
import { FakeKernel } from '../../src/testing/index.js';

/** A GPU's thread whose jobs end when the test says so. */
export class FakeThread {
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

  end(job: number, failure?: GlFailure, value: unknown = {}): void {
    this.jobs.splice(this.jobs.indexOf(job), 1);
    this.onResult(job, failure, -1, value, false, 0, 0, 0);
  }
}

export class GlPairRig {
  readonly threads: FakeThread[] = [];

  private constructor(
    readonly kernel: FakeKernel,
    readonly gpus: Awaited<ReturnType<typeof openGpus>>,
    /** In the order in which they were made. */
    readonly allocators: readonly FakeAllocator[],
  ) {}

  static async open({ reopen = false } = {}): Promise<GlPairRig> {
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
    const rig: GlPairRig = new GlPairRig(kernel, await openGpus({ kernel, reopen }), allocators);
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
