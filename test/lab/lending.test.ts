/** A producer's buffers on the real udmabuf, in one boot; what reaches the host is in the tests with a broker. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import { lastJson, script } from '../support/lab.js';

interface Seen {
  readonly allocateMs: readonly number[];
  readonly namingMs: readonly number[];
  readonly named: boolean;
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

describe('a producer’s buffers in a guest', () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.boot();
  });
  after(() => lab.close());

  it('are pinned and named, adopted where a caller brings memory, and shown by a head while they are lent', async (context) => {
    const seen = lastJson<Seen>(await lab.run(script('test/lab/guest/lend.ts')));
    context.diagnostic(`ms to allocate, pin and name 1080p: ${seen.allocateMs.join(', ')}`);
    context.diagnostic(`ms to pin and name memory that is there: ${seen.namingMs.join(', ')}`);
    assert.ok(seen.named);
    assert.deepEqual(seen.adopted, { seen: true, refused: 'ERR_USAGE' });
    assert.deepEqual(seen.shown, { ending: 'released', outcome: 'shown' });
    assert.equal(seen.state, 'closed');
  });

  it('may be of huge pages, transparent or reserved', async () => {
    const setUp = 'echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled; echo 8 > /proc/sys/vm/nr_hugepages';
    const { stdout, stderr } = await lab.run(['sh', '-c', `${setUp}; exec python3 -c "$PROGRAM"`], {
      env: { PROGRAM: largePages },
    });
    assert.equal(stdout, '2048n\n2048n\n', stderr);
  });
});
