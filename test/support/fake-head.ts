/** A head on the fake kernel, and what a test waits for. */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Subscription } from 'rxjs';
import type { GuestheadError } from '../../src/errors.js';
import { openGpus, type Gpus, type Head, type HeadOptions } from '../../src/head/index.js';
import type { GpuOptions } from '../../src/gpus/index.js';
import type { Draw, Flip } from '../../src/loop/index.js';
import { FakeKernel, type FakeHeld, type FakeKernelOptions } from '../../src/testing/index.js';

export const nothingHeld: FakeHeld = {
  descriptors: 0,
  nodes: 0,
  handles: 0,
  framebuffers: 0,
  blobs: 0,
  buffers: 0,
  mappings: 0,
  devices: 0,
  scanouts: 0,
  watches: 0,
};

const opened = new Set<HeadOnFake>();

/** For `afterEach`: what a test that failed has left open. */
export async function closeAll(): Promise<void> {
  for (const rig of [...opened]) await rig.abandon();
}

/** Resolves once it holds; the test's own timeout is its limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}

type RigOptions = FakeKernelOptions & { readonly gpus?: GpuOptions; readonly head?: HeadOptions };

/** Draws each frame in one colour, the frame's number, unless told otherwise. */
export class HeadOnFake {
  readonly flips: Flip[] = [];
  readonly faults: GuestheadError[] = [];
  /** How the stream ended. */
  end: 'complete' | GuestheadError | undefined;
  #subscription: Subscription | undefined;

  private constructor(
    readonly kernel: FakeKernel,
    readonly gpus: Gpus,
    readonly head: Head,
  ) {
    head.faults$.subscribe((fault) => this.faults.push(fault));
    opened.add(this);
  }

  static async open({ gpus, head, ...options }: RigOptions = {}): Promise<HeadOnFake> {
    const kernel = new FakeKernel(options);
    const pair = await openGpus({ ...gpus, kernel });
    return new HeadOnFake(kernel, pair, await pair.openHead(head));
  }

  /** Resolves when the first frame is on the screen, whose flip is not counted; does nothing more where none came. */
  async start(draw: Draw = (frame) => void frame.pixels.fill(frame.number)): Promise<void> {
    this.#subscription = this.head.flips(draw).subscribe({
      next: (flip) => this.flips.push(flip),
      complete: () => (this.end = 'complete'),
      error: (error: GuestheadError) => (this.end = error),
    });
    await this.kernel.flip();
    this.flips.length = 0;
  }

  stop(): void {
    this.#subscription?.unsubscribe();
  }

  /** So many refreshes, each of which must show a frame. */
  async flip(count = 1): Promise<void> {
    for (let i = 0; i < count; i++) assert.equal(await this.kernel.flip(), 1, `flip ${i + 1} of ${count}`);
  }

  /** Refreshes until it holds: a change of the head is under way. */
  async flipUntil(holds: () => boolean): Promise<void> {
    while (!holds()) await this.kernel.flip();
  }

  /** The first pixel on the screen: by default the number of the frame that is shown. */
  get shown(): number | undefined {
    return this.kernel.screen().picture?.pixels?.[0];
  }

  get codes(): string[] {
    return this.faults.map(({ code }) => code);
  }

  /** Closes all, and asserts that nothing of it is left. */
  async close(): Promise<void> {
    this.stop();
    await this.head.close();
    this.gpus.close();
    assert.deepEqual(this.kernel.held(), nothingHeld);
    await this.abandon();
  }

  async abandon(): Promise<void> {
    opened.delete(this);
    this.stop();
    await this.head.close();
    this.gpus.close();
    this.kernel.close();
  }
}
