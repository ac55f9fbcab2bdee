import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fence } from '../../../src/buffer/index.js';
import { drawnWith } from '../../../src/gl-patterns/drawing.js';
import { nativeError } from '../../../src/testing/index.js';

describe('a frame that is drawn in two jobs', () => {
  /** One that counts its close. */
  function drawnOnce() {
    let closed = 0;
    const calls = {
      closeFence: () => closed++,
      syncFileInfo: () => ({ status: 1, fences: [] }),
      mergeSyncFiles: () => 1,
      watchReadable: () => ({ close: () => undefined }),
    };
    return { drawn: { fence: Fence.made(1000, calls), fenceKind: 'native' } as const, closed: () => closed };
  }

  it('has the fence of its content, which stays open', async () => {
    for (const work of [undefined, Promise.resolve({ fence: undefined, fenceKind: 'implicit' as const })]) {
      const { drawn, closed } = drawnOnce();
      assert.equal(await drawnWith(Promise.resolve(drawn), work), drawn);
      assert.equal(closed(), 0);
    }
  });

  it('fails with the job that failed, and leaves no fence open', async () => {
    const { drawn, closed } = drawnOnce();
    const error = nativeError(5, 'compose');
    await assert.rejects(drawnWith(Promise.resolve(drawn), Promise.reject(error)), error);
    assert.equal(closed(), 1);
    await assert.rejects(drawnWith(Promise.reject(error), undefined), error);
  });
});
