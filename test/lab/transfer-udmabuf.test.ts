/** Both ends of the transfer on a real /dev/udmabuf, inside a guest: the producer's buffers, and the broker's dma-bufs. One boot. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import { lastJson, script } from '../support/lab.js';
import type { transferUdmabuf } from './guest/transfer-udmabuf.js';

/** Of test/lab/guest/lend.ts. */
interface Lent {
  readonly allocateMs: readonly number[];
  readonly namingMs: readonly number[];
  readonly named: boolean;
  readonly pieces: readonly number[];
  readonly adopted: { readonly seen: boolean; readonly refused: string };
  readonly shown: { readonly ending: string; readonly outcome: string };
  readonly state: string;
}

/** Memory that is made of larger pages, named and wrapped: what a caller may bring to `adopt`. */
const largePages = `
import os, fcntl, subprocess
F_ADD_SEALS, F_SEAL_SHRINK, MFD_ALLOW_SEALING, MFD_HUGETLB = 1033, 2, 2, 4
for flags in (0, MFD_HUGETLB):
    fd = os.memfd_create('large', flags | MFD_ALLOW_SEALING)
    os.ftruncate(fd, 8 << 20)
    fcntl.fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK)
    os.set_inheritable(fd, True)
    subprocess.run(['node', '-e', f"""
        const native = require('./node_modules/node-gyp-build')('native');
        native.wrapMemory({fd}, 8 << 20);
        const runs = [...native.pageRuns({fd}, 8 << 20)];
        const pages = runs.filter((_, at) => at % 2 === 1);
        console.log(pages.reduce((sum, count) => sum + count, 0n));
    """], close_fds=False, check=True)
`;

/** Pieces of guest memory that the host's udmabuf makes a dma-buf of, unless its owner has raised that. */
const listLimit = 1024;

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

/** The port is the test's own; what reaches the host is in the tests with a broker. */
describe('a producer’s buffers', () => {
  it('are pinned and named, adopted where a caller brings memory, and shown by a head while they are lent', async (context) => {
    const lent = lastJson<Lent>(await lab.run(script('test/lab/guest/lend.ts')));
    context.diagnostic(`ms to allocate, pin and name 1080p: ${lent.allocateMs.join(', ')}`);
    context.diagnostic(`ms to pin and name memory that is there: ${lent.namingMs.join(', ')}`);
    context.diagnostic(`pieces that buffers of 1080p lie in: ${lent.pieces.join(', ')}`);
    assert.ok(lent.named);
    // One may meet memory that others have left in pieces; in the kernel's own order it was every second one.
    assert.ok(lent.pieces.filter((count) => count > listLimit).length <= 1);
    assert.deepEqual(lent.adopted, { seen: true, refused: 'ERR_USAGE' });
    assert.deepEqual(lent.shown, { ending: 'released', outcome: 'shown' });
    assert.equal(lent.state, 'closed');
  });

  it('may be of huge pages, transparent or reserved', async () => {
    const setUp = 'echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled; echo 8 > /proc/sys/vm/nr_hugepages';
    const { stdout, stderr } = await lab.run(['sh', '-c', `${setUp}; exec python3 -c "$PROGRAM"`], {
      env: { PROGRAM: largePages },
    });
    assert.equal(stdout, '2048n\n2048n\n', stderr);
  });
});
