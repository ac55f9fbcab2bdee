/** Memory whose pages are named. What needs /dev/udmabuf is in test/lab/transfer.test.ts. */
import assert from 'node:assert/strict';
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { describe, it } from 'node:test';
import { native } from './support/addon.js';
import { closedFd, fileFlags, openDescriptors } from './support/descriptors.js';

/** Only a process with CAP_SYS_ADMIN is told. */
function unavailable(): string | false {
  const memory = native.createMemory(1);
  try {
    native.pageRuns(memory, 1);
    return false;
  } catch (error) {
    const { code } = error as { code: string };
    return code === 'EPERM' && 'run as root, with CAP_SYS_ADMIN: pages have no numbers for others';
  } finally {
    closeSync(memory);
  }
}

const pages = (runs: BigUint64Array) =>
  Number(runs.filter((_, at) => at % 2 === 1).reduce((sum, count) => sum + count, 0n));

describe('createMemory', () => {
  it('makes a memfd of whole pages that cannot shrink, and leaves it to the caller', () => {
    const before = openDescriptors();
    const memory = native.createMemory(5000);
    assert.equal(fstatSync(memory).size, 8192);
    assert.ok((fileFlags(memory) & 0o2000000) !== 0, 'close-on-exec');
    closeSync(memory);
    assert.equal(openDescriptors(), before);
  });
});

describe('memory that is filled', () => {
  it('holds zeros, and has all of its pages', () => {
    const bytes = 40 * 4096;
    const memory = native.createMemory(bytes, true);
    assert.equal(fstatSync(memory).blocks * 512, bytes);
    const read = Buffer.alloc(bytes, 1);
    assert.equal(readSync(memory, read, 0, bytes, 0), bytes);
    assert.ok(read.every((byte) => byte === 0));
    closeSync(memory);
    assert.throws(() => native.createMemory(bytes, 1 as never), TypeError);
  });
});

describe('pageRuns', { skip: unavailable() }, () => {
  it('names every page of memory, touched or not, each once', () => {
    const bytes = 1920 * 1080 * 4;
    const memory = native.createMemory(bytes);
    const runs = native.pageRuns(memory, bytes);
    assert.equal(pages(runs), 2025);
    const all = new Set<bigint>();
    for (let at = 0; at < runs.length; at += 2)
      for (let page = 0n; page < runs[at + 1]!; page++) all.add(runs[at]! + page);
    assert.equal(all.size, 2025);
    assert.ok(!all.has(0n));
    closeSync(memory);
  });

  it('gives the very same pages again, and part of them for part of the memory', () => {
    const memory = native.createMemory(64 * 4096);
    const runs = native.pageRuns(memory, 64 * 4096);
    assert.deepEqual(native.pageRuns(memory, 64 * 4096), runs);
    assert.equal(pages(native.pageRuns(memory, 4097)), 2);
    assert.equal(native.pageRuns(memory, 4097)[0], runs[0]);
    closeSync(memory);
  });

  it('changes nothing of what the memory holds, and leaves nothing open', () => {
    const before = openDescriptors();
    const memory = native.createMemory(4096);
    writeSync(memory, Buffer.from('pixels'));
    native.pageRuns(memory, 4096);
    const read = Buffer.alloc(6);
    readSync(memory, read, 0, 6, 0);
    assert.equal(read.toString(), 'pixels');
    closeSync(memory);
    assert.equal(openDescriptors(), before);
  });

  it('says so where there are no such pages', () => {
    const memory = native.createMemory(4096);
    assert.throws(() => native.pageRuns(memory, 8192), { code: 'EAGAIN' });
    assert.throws(() => native.pageRuns(closedFd, 4096), { code: 'EBADF', syscall: 'mmap' });
    closeSync(memory);
  });
});

describe('duplicate', () => {
  it('takes the lowest number that is free from another on', () => {
    const fd = openSync('/dev/null', constants.O_RDONLY);
    const high = native.duplicate(fd, 300);
    assert.ok(high >= 300);
    assert.throws(() => native.duplicate(fd, 2 ** 31 - 1), { code: 'EINVAL', syscall: 'fcntl' });
    assert.throws(() => native.duplicate(fd, -1), RangeError);
    assert.throws(() => native.duplicate(fd, '1' as never), TypeError);
    for (const one of [fd, high]) closeSync(one);
  });
});
