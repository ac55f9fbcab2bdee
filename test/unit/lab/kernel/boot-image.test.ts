import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { bootImageOf } from '../../../../src/lab/kernel/boot-image.js';
import { bzImageWith, Folder } from '../../../support/made-up-kernel.js';

const pvhEntry = '\x04\0\0\0\x08\0\0\0\x12\0\0\0Xen\0\x00\x31\xaf\x03\0\0\0\0';
const kernel = Buffer.from(`\x7fELF and so on ${pvhEntry} and on`, 'latin1');

describe("the set-up's own kernel", () => {
  it('is unpacked beside its image, once', () => {
    using folder = new Folder();
    const image = folder.write('vmlinuz', bzImageWith(gzipSync(kernel)));
    const unpacked = join(folder.path, 'vmlinux');
    assert.equal(bootImageOf(image), unpacked);
    assert.deepEqual(readFileSync(unpacked), kernel);
    folder.write('vmlinuz', 'no longer looked at');
    assert.equal(bootImageOf(image), unpacked);
  });

  it('boots as it is where that does not go, and nothing is left', () => {
    const withoutEntry = gzipSync('\x7fELF without an entry for PVH');
    for (const payload of [withoutEntry, Buffer.from('\x02\x21\x4c\x18 lz4', 'latin1'), Buffer.alloc(0)]) {
      using folder = new Folder();
      const image = folder.write('vmlinuz', bzImageWith(payload));
      assert.equal(bootImageOf(image), image);
      assert.deepEqual(readdirSync(folder.path), ['vmlinuz']);
    }
  });

  it('boots as it is from a folder that cannot be written', () => {
    using folder = new Folder();
    const image = folder.write('vmlinuz', bzImageWith(gzipSync(kernel)));
    const fd = openSync(image, 'r');
    try {
      // Nobody makes a file in /proc, not even root.
      const inProc = `/proc/self/fd/${fd}`;
      assert.equal(bootImageOf(inProc), inProc);
    } finally {
      closeSync(fd);
    }
  });
});
