import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { bindProcess, lastErrno, libraryLoader } from '../../../src/ffi/library.js';
import { decodeAndFree } from '../../../src/ffi/libdrm-library.js';
import { clearErrno, copyMemory, copyString, copyUint32s, copyUint64s } from '../../../src/ffi/memory.js';

const libc = bindProcess({
  strdup: ['address', 'buffer'],
  free: ['void', 'address'],
  close: ['int', 'int'],
  llabs: ['uint64', 'uint64'],
  strtoull: ['uint64', 'buffer', 'address', 'int'],
});

const libc6 = { debian: 'libc6', fedora: 'glibc', arch: 'glibc', alpine: 'musl', nix: 'glibc' };

function loader(required: Record<string, ['ulong', 'address']>) {
  const optional = { strnlen: ['ulong', 'address', 'ulong'], no_such_function: ['int'] } as const;
  return libraryLoader({ file: 'libc.so.6', packages: libc6, required, optional });
}

describe('a library', () => {
  it('is opened once, with its optional functions where it has them', () => {
    const load = loader({ strlen: ['ulong', 'address'] });
    const functions = load();
    assert.equal(typeof functions.strnlen, 'function');
    assert.equal(functions.no_such_function, undefined);
    assert.equal(load(), functions);
  });

  it('of several names is the first that is there', () => {
    const required = { strlen: ['ulong', 'address'] } as const;
    const description = { packages: libc6, required, optional: {} };
    const load = libraryLoader({ ...description, file: ['libnone.so.1', 'libc.so.6', 'libm.so.6'] });
    assert.equal(typeof load().strlen, 'function');
    assert.equal(load(), load());
    assert.throws(() => libraryLoader({ ...description, file: ['libnone.so.1', 'libnone.so.2'] })(), {
      code: 'ERR_LIBRARY_MISSING',
      message: /libnone\.so\.1 or libnone\.so\.2/,
    });
  });

  it('that lacks a required function counts as missing', () => {
    assert.throws(loader({ no_such_function: ['ulong', 'address'] }), {
      code: 'ERR_LIBRARY_MISSING',
      message: /no_such_function/,
    });
  });
});

describe('values to and from C', () => {
  it('64-bit integers are exact', () => {
    for (const value of [0n, 1n, 2n ** 53n + 1n, 0x00ffffffffffffffn]) assert.equal(libc.llabs(value), value);
    assert.equal(libc.llabs(0xffffffffffffffffn), 1n); // -1
    assert.equal(libc.strtoull(Buffer.from('18446744073709551615\0'), 0n, 10), 0xffffffffffffffffn);
  });

  it('errno is the last call’s, and can be cleared', () => {
    assert.equal(libc.close(-1), -1);
    assert.equal(lastErrno(), constants.errno.EBADF);
    clearErrno();
    assert.equal(lastErrno(), undefined);
  });
});

describe('C memory', () => {
  it('is copied, and the copy survives a change of the original', () => {
    const address = libc.strdup(Buffer.from('virtio_gpu\0'));
    const copy = copyMemory(address, 6);
    assert.equal(copyString(address), 'virtio_gpu');
    libc.free(address);
    assert.equal(copy.toString(), 'virtio');
  });

  it('is read as arrays; an empty one needs no address', () => {
    const address = libc.strdup(Buffer.from('0123456789abcdef\0'));
    assert.deepEqual(copyUint32s(address, 2), [0x33323130, 0x37363534]);
    assert.deepEqual(copyUint64s(address, 2), [0x3736353433323130n, 0x6665646362613938n]);
    libc.free(address);
    assert.deepEqual(copyUint32s(0n, 0), []);
  });

  it('is freed also when decoding fails', () => {
    const freed: bigint[] = [];
    const fail = () => {
      throw new Error('odd bytes');
    };
    assert.throws(() => decodeAndFree(42n, (address) => freed.push(address), fail), /odd bytes/);
    assert.equal(
      decodeAndFree(43n, (address) => freed.push(address), String),
      '43',
    );
    assert.deepEqual(freed, [42n, 43n]);
  });
});
