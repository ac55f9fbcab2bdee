/** The broker's dma-bufs on a real /dev/udmabuf, inside a guest. One boot, one script. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import { lastJson, script } from '../support/lab.js';
import type { transferUdmabuf } from './guest/transfer-udmabuf.js';

let lab: Lab;
let seen: Awaited<ReturnType<typeof transferUdmabuf>>;
before(async () => {
  lab = await Lab.boot({ size: { width: 1280, height: 768 } });
  seen = lastJson(await lab.run(script('test/lab/guest/transfer-udmabuf.ts')));
});
after(async () => {
  await lab.close();
});

describe('what a broker hands on, on a real /dev/udmabuf', () => {
  it('is a dma-buf of the pages that the guest named, in their order, and is judged exact by another process', () => {
    assert.deepEqual([seen.kind, seen.isDmabuf], ['dma-buf', true]);
    const { verdict, received, exact, torn } = seen.judged as Record<string, unknown>;
    assert.deepEqual({ verdict, received, exact, torn }, { verdict: 'pass', received: 3, exact: 3, torn: 0 });
  });

  it('is taken by vgem, and shown by virtio-gpu', () => {
    assert.deepEqual([seen.inVgem, seen.onScreen], [true, 'exact']);
  });

  it('counts as held for as long as the display has it, also once its consumer has let go', () => {
    assert.deepEqual([seen.isHeld, seen.early], [false, false]);
  });

  it('is those pages only', () => {
    assert.ok(seen.canariesAreWhole);
  });
});
