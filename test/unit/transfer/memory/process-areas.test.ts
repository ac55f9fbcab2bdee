import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { areasIn, fileBehind, processAt } from '../../../../src/transfer/host/memory/process-areas.js';

/** Of a QEMU 7.2 with two backends of one size, the second of them cut in two by madvise. */
const maps = `55d2f1a00000-55d2f1a4b000 r--p 00000000 fe:01 1311018                    /usr/bin/qemu-system-x86_64
7f9430000000-7f9430021000 rw-p 00000000 00:00 0
7f94c0000000-7f94c0100000 rw-s 00000000 00:01 1027                       /memfd:memory-backend-memfd (deleted)
7f94c0100000-7f94c0200000 rw-s 00000000 00:01 1028                       /memfd:memory-backend-memfd (deleted)
7f94c0200000-7f94c0300000 rw-s 00100000 00:01 1028                       /memfd:memory-backend-memfd (deleted)
7f94c0300000-7f94c0400000 rw-p 00000000 00:01 1029                       /memfd:memory-backend-memfd (deleted)
7f94c0400000-7f94c0500000 rw-s 00300000 00:01 1030                       /dev/shm/has a name 7f94c0000000-7f94c0100000 rw-s
`;
const areas = areasIn(maps);
const behind = (address: bigint, bytes: bigint) => {
  const part = fileBehind(areas, address, bytes);
  return typeof part === 'object' ? `${part.file} +${part.offset.toString(16)}` : part;
};

describe('what a process has mapped', () => {
  it('is read line by line, whatever a file is called', () => {
    assert.equal(areas.length, 7);
    const paths = areas.map(({ path }) => path);
    assert.equal(paths[1], '');
    assert.equal(paths[2], '/memfd:memory-backend-memfd (deleted)');
    assert.equal(paths[6], '/dev/shm/has a name 7f94c0000000-7f94c0100000 rw-s');
  });

  it('tells the file behind an address, and where in it', () => {
    assert.equal(behind(0x7f94c0000000n, 0x100000n), '00:01 1027 +0');
    assert.equal(behind(0x7f94c0080000n, 0x1000n), '00:01 1027 +80000');
    assert.equal(behind(0x7f94c0400000n, 0x1000n), '00:01 1030 +300000');
  });

  it('is one piece where the kernel has cut a file’s mapping in two', () => {
    assert.equal(behind(0x7f94c0100000n, 0x200000n), '00:01 1028 +0');
    assert.equal(behind(0x7f94c0280000n, 0x80000n), '00:01 1028 +180000');
  });

  it('is nothing where it ends too early, or another file follows', () => {
    assert.equal(behind(0x7f94c0000000n, 0x100001n), undefined);
    assert.equal(behind(0x7f94c0200000n, 0x100001n), undefined);
    assert.equal(behind(0x7f9500000000n, 1n), undefined);
  });

  it('is the process’s own where its writes reach no file', () => {
    assert.equal(behind(0x7f9430000000n, 0x1000n), 'private');
    assert.equal(behind(0x7f94c0300000n, 0x1000n), 'private');
  });

  it('is looked for in each process, of which one may have reserved the address and use nothing there', () => {
    const node = { pid: 1, areas: areasIn('7f8000000000-7fa000000000 ---p 00000000 00:00 0\n') }; // as V8 does
    const [qemu, other] = [
      { pid: 2, areas },
      { pid: 3, areas: areasIn('7f0000000000-7f0000001000 rw-p 00000000 00:00 0\n') },
    ];
    const [shared, own] = [0x7f94c0000000n, 0x7f9430000000n].map((address) => [{ address, bytes: 0x1000n }]);
    assert.equal(processAt([other, node, qemu], shared!)?.process, qemu);
    assert.equal(processAt([other, node, qemu], [...shared!, ...own!])?.process, qemu);
    assert.equal(processAt([other, node], shared!)?.process, node);
    assert.equal(processAt([other], shared!), undefined);
  });
});
