/** Pieces of files side by side, as a mapping; who made a socket. */
import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { native } from './support/addon.js';
import { memoryFile } from './support/descriptors.js';

const page = 4096;
const map = (...pieces: [fd: number, page: number, pages: number][]) =>
  native.mapPieces(
    Uint32Array.from(pieces, ([fd]) => fd),
    BigUint64Array.from(pieces, ([, at]) => BigInt(at * page)),
    BigUint64Array.from(pieces, ([, , count]) => BigInt(count * page)),
  );
const isMapped = (fd: number): boolean => readFileSync('/proc/self/maps', 'utf8').includes(` ${fstatSync(fd).ino} `);
const write = (fd: number, at: number, byte: number): void => {
  writeSync(fd, Buffer.of(byte), 0, 1, at * page);
};

describe('mapPieces', () => {
  it('shows pages of several files side by side, in any order, as they are now', () => {
    const [one, two] = [memoryFile(4 * page), memoryFile(4 * page)];
    for (const at of [0, 1, 2, 3]) write(one, at, 10 + at);
    write(two, 1, 21);
    const mapping = map([one, 2, 2], [two, 1, 1], [one, 0, 1]);
    const view = new Uint8Array(mapping.buffer);
    assert.equal(view.length, 4 * page);
    assert.deepEqual(
      [0, 1, 2, 3].map((at) => view[at * page]),
      [12, 13, 21, 10],
    );
    write(two, 1, 99);
    assert.equal(view[2 * page], 99);
    mapping.beginAccess(1);
    mapping.endAccess(1);
    mapping.close();
    closeSync(one);
    closeSync(two);
  });

  it('is unmapped and detached when closed, and outlives the descriptors', () => {
    const fd = memoryFile(2 * page);
    const mapping = map([fd, 1, 1], [fd, 0, 1]);
    const view = new Uint8Array(mapping.buffer);
    assert.equal(isMapped(fd), true);
    mapping.close();
    mapping.close();
    assert.deepEqual([view.length, isMapped(fd)], [0, false]);
    assert.throws(() => mapping.beginAccess(1), { code: 'ERR_CLOSED' });
    closeSync(fd);
  });

  it('gives a write to nobody, also where the file could be written', () => {
    const fd = memoryFile(page);
    write(fd, 0, 5);
    const readOnly = openSync(`/proc/self/fd/${fd}`, 'r');
    for (const which of [fd, readOnly]) {
      const mapping = map([which, 0, 1]);
      new Uint8Array(mapping.buffer)[0] = 77;
      const byte = Buffer.alloc(1);
      readSync(fd, byte, 0, 1, 0);
      assert.equal(byte[0], 5);
      mapping.close();
    }
    closeSync(readOnly);
    closeSync(fd);
  });

  it('refuses a piece behind the end of its file, and leaves nothing mapped', () => {
    const fd = memoryFile(2 * page);
    assert.throws(() => map([fd, 0, 2], [fd, 1, 2]), { code: 'EINVAL', syscall: 'mmap' });
    assert.equal(isMapped(fd), false);
    closeSync(fd);
    assert.throws(() => map([fd, 0, 1]), { code: 'EBADF' });
  });

  it('takes no arguments of another kind', () => {
    const one = { fds: Uint32Array.of(0), offsets: BigUint64Array.of(0n), sizes: BigUint64Array.of(4096n) };
    const wrong: [unknown, unknown, unknown, typeof TypeError | typeof RangeError][] = [
      [undefined, undefined, undefined, TypeError],
      [[0], one.offsets, one.sizes, TypeError],
      [one.fds, Uint32Array.of(0), one.sizes, TypeError],
      [one.fds, one.offsets, Float64Array.of(4096), TypeError],
      [new Uint32Array(), new BigUint64Array(), new BigUint64Array(), RangeError],
      [one.fds, one.offsets, BigUint64Array.of(4096n, 4096n), RangeError],
      [one.fds, one.offsets, BigUint64Array.of(0n), RangeError],
      [one.fds, one.offsets, BigUint64Array.of(4095n), RangeError],
      [one.fds, BigUint64Array.of(1n), one.sizes, RangeError],
      [one.fds, BigUint64Array.of(2n ** 63n - 4096n), BigUint64Array.of(4096n), RangeError],
      [one.fds, one.offsets, BigUint64Array.of(2n ** 64n - 4096n), RangeError],
      [Uint32Array.of(2 ** 32 - 1), one.offsets, one.sizes, RangeError],
      [Uint32Array.of(0, 0), BigUint64Array.of(0n, 0n), BigUint64Array.of(2n ** 32n - 4096n, 4096n), RangeError],
    ];
    for (const [fds, offsets, sizes, error] of wrong)
      for (const call of ['mapPieces', 'createUdmabufOf'] as const)
        assert.throws(
          () => native[call](fds as Uint32Array, offsets as BigUint64Array, sizes as BigUint64Array),
          error,
        );
  });
});

describe('sealsOf', () => {
  it('tells a file that cannot have any from one that is none', () => {
    const fd = openSync('/dev/null', 'r');
    assert.throws(() => native.sealsOf(fd), { code: 'EINVAL', syscall: 'F_GET_SEALS' });
    closeSync(fd);
    assert.throws(() => native.sealsOf('0' as unknown as number), TypeError);
  });
});

describe('peerProcess', () => {
  it('is who listens at the other end', async () => {
    const server = createServer().listen(`\0guesthead-peer-${process.pid}`);
    await once(server, 'listening');
    const socket = connect(`\0guesthead-peer-${process.pid}`);
    await once(socket, 'connect');
    const { _handle: handle } = socket as unknown as { _handle: { fd: number } };
    assert.equal(native.peerProcess(handle.fd), process.pid);
    socket.destroy();
    server.close();
  });

  it('is nobody’s for what is no socket', () => {
    const fd = openSync('/dev/null', 'r');
    assert.throws(() => native.peerProcess(fd), { code: 'ENOTSOCK', syscall: 'SO_PEERCRED' });
    closeSync(fd);
    assert.throws(() => native.peerProcess(null as unknown as number), TypeError);
  });
});
