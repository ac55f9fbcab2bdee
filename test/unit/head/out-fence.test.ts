/** A commit's OUT_FENCE, as a program gets it. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import type { Fence } from '../../../src/buffer/index.js';
import { closeAll, HeadOnFake } from '../../support/fake-head.js';

afterEach(closeAll);

/** Presents drawn frames; the out-fences in the order of their commits. */
class Program {
  readonly fences: Fence[] = [];
  readonly log: string[] = [];

  constructor(readonly rig: HeadOnFake) {}

  async present(): Promise<void> {
    const frame = this.rig.head.acquire();
    assert.ok(frame);
    frame.pixels.fill(frame.number);
    const onOutFence = (fence: Fence) => {
      this.fences.push(fence);
      this.log.push(`fence ${fence.isSignalled ? 'signalled' : 'pending'}`);
    };
    this.rig.head.present(frame, { onOutFence, onOutcome: ({ kind }) => this.log.push(kind) });
    await Promise.resolve();
  }

  async end(): Promise<void> {
    for (const fence of this.fences) fence.close();
    await this.rig.close();
  }
}

describe('a present that asks for its out-fence', { timeout: 20_000 }, () => {
  it('gets one, with the mode as well, which signals when the frame is on the screen', async () => {
    const program = new Program(await HeadOnFake.open());
    for (let count = 0; count < 2; count++) {
      await program.present();
      assert.equal(program.fences[count]?.isSignalled, false);
      await program.rig.kernel.flip();
      assert.equal(program.fences[count]?.isSignalled, true);
    }
    assert.deepEqual(program.log, ['fence pending', 'shown', 'fence pending', 'shown']);
    await program.end();
  });

  it('gets none before its commit is accepted, and none where it is discarded', async () => {
    const program = new Program(await HeadOnFake.open());
    await program.present();
    await program.present();
    await program.present(); // in place of the second
    assert.deepEqual(program.log, ['fence pending', 'discarded']);
    program.rig.kernel.fail('flip', constants.errno.EINVAL);
    await program.rig.kernel.flip();
    assert.equal(program.fences.length, 1);
    await program.end();
  });
});
