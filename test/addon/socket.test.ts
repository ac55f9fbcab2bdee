/** Messages with descriptors between two sockets, as between two processes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadScript, native } from './support/addon.js';
import { closedFd, fileFlags, memoryFile, openDescriptors } from './support/descriptors.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-socket-'));
after(() => rmSync(folder, { recursive: true }));

const none = new Uint32Array();
const closeOnExec = 0o2000000;
let names = 0;
const newAddress = () => Buffer.from(`\0guesthead-test-${process.pid}-${names++}`);

interface Pair {
  readonly one: number;
  readonly other: number;
}

/** Both ends of a connection, closed afterwards; `use` closes none, or says so by what it returns. */
function connected(use: (pair: Pair) => number | void): void {
  const address = newAddress();
  const listener = native.listenSocket(address);
  const one = native.connectSocket(address);
  const other = native.acceptSocket(listener);
  closeSync(listener);
  assert.ok(other !== undefined);
  const closed = use({ one, other });
  for (const fd of [one, other]) if (fd !== closed) closeSync(fd);
}

/** No descriptor more is open afterwards than before. */
function withoutLeak(use: () => void): void {
  const before = openDescriptors();
  use();
  assert.equal(openDescriptors(), before);
}

const into = Buffer.alloc(64);
const send = (fd: number, text: string, fds: Uint32Array = none) => native.sendMessage(fd, Buffer.from(text), fds);

function receive(fd: number, mostFds = 253): { text: string; fds: readonly number[] } | undefined {
  const message = native.receiveMessage(fd, into, mostFds);
  return message && { text: into.toString('utf8', 0, message.length), fds: message.fds };
}

describe('sockets of messages', () => {
  it('are non-blocking, close-on-exec, and the caller’s', () => {
    withoutLeak(() => {
      const path = join(folder, 'flags');
      const listener = native.listenSocket(Buffer.from(path));
      assert.equal(native.acceptSocket(listener), undefined);
      const one = native.connectSocket(Buffer.from(path));
      const other = native.acceptSocket(listener)!;
      for (const fd of [listener, one, other]) {
        assert.ok((fileFlags(fd) & constants.O_NONBLOCK) !== 0);
        assert.ok((fileFlags(fd) & closeOnExec) !== 0, 'close-on-exec');
        closeSync(fd);
      }
      assert.ok(existsSync(path), 'the file is the caller’s to remove');
    });
  });

  it('that cannot be had are errors with their errno, and leave no descriptor', () => {
    withoutLeak(() => {
      const address = newAddress();
      const listener = native.listenSocket(address);
      assert.throws(() => native.listenSocket(address), { code: 'EADDRINUSE', syscall: 'bind' });
      closeSync(listener);
      assert.throws(() => native.connectSocket(address), { code: 'ECONNREFUSED', syscall: 'connect' });
      assert.throws(() => native.connectSocket(Buffer.from(join(folder, 'nowhere'))), { code: 'ENOENT' });
      const full = native.listenSocket(address);
      const waiting: number[] = [];
      assert.throws(
        () => {
          for (let count = 0; count < 1000; count++) waiting.push(native.connectSocket(address));
        },
        { code: 'EAGAIN', syscall: 'connect' },
      );
      for (const fd of [full, ...waiting]) closeSync(fd);
    });
  });
});

describe('a message', () => {
  it('comes whole and alone, with as many descriptors as were sent, in their order', () => {
    const files = Array.from({ length: 253 }, () => memoryFile(1));
    const inodes = files.map((fd) => fstatSync(fd).ino);
    withoutLeak(() => {
      connected(({ one, other }) => {
        for (const count of [0, 1, 2, 253]) send(one, `with ${count}`, Uint32Array.from(files.slice(0, count)));
        for (const count of [0, 1, 2, 253]) {
          const { text, fds } = receive(other)!;
          assert.equal(text, `with ${count}`);
          assert.deepEqual(
            fds.map((fd) => fstatSync(fd).ino),
            inodes.slice(0, count),
          );
          for (const fd of fds) {
            assert.ok((fileFlags(fd) & closeOnExec) !== 0);
            closeSync(fd);
          }
        }
        assert.equal(receive(other), undefined);
      });
    });
    for (const fd of files) closeSync(fd); // they stayed the sender's
  });

  it('goes both ways, and what was sent before the end is read before it', () => {
    withoutLeak(() => {
      connected(({ one, other }) => {
        send(other, 'answer');
        assert.equal(receive(one)?.text, 'answer');
        send(one, 'last');
        closeSync(one);
        assert.equal(receive(other)?.text, 'last');
        assert.deepEqual(native.receiveMessage(other, into, 0), { length: 0, fds: [] });
        assert.throws(() => send(other, 'too late'), { code: 'EPIPE', syscall: 'sendmsg' });
        return one;
      });
    });
  });

  it('is read also where the peer went without reading what we had sent', () => {
    withoutLeak(() => {
      connected(({ one, other }) => {
        send(other, 'never read');
        send(one, 'last');
        closeSync(one);
        assert.equal(receive(other)?.text, 'last');
        assert.equal(receive(other)?.text, '');
        return one;
      });
    });
  });

  it('that nobody reads is not waited with, and its descriptors go with the connection', () => {
    const file = openSync('/dev/null', 'r');
    withoutLeak(() => {
      connected(({ one }) => {
        const flood = () => {
          for (let count = 0; count < 100_000; count++) send(one, 'again', Uint32Array.of(file));
        };
        assert.throws(flood, { code: /^(EAGAIN|ETOOMANYREFS)$/, syscall: 'sendmsg' });
      });
    });
    closeSync(file);
  });

  it('with more descriptors than there is room for fails, and each of them is closed', () => {
    const file = openSync('/dev/null', 'r');
    withoutLeak(() => {
      connected(({ one, other }) => {
        for (const room of [0, 1, 2]) {
          send(one, 'three', Uint32Array.of(file, file, file));
          assert.throws(() => receive(other, room), { code: 'EMSGSIZE', syscall: 'recvmsg' });
        }
        send(one, 'next');
        assert.equal(receive(other)?.text, 'next', 'and the connection goes on');
      });
    });
    closeSync(file);
  });

  it('that is longer than there is room for fails, and its descriptors are closed', () => {
    const file = openSync('/dev/null', 'r');
    withoutLeak(() => {
      connected(({ one, other }) => {
        send(one, 'x'.repeat(into.length + 1), Uint32Array.of(file));
        assert.throws(() => receive(other), { code: 'EMSGSIZE', syscall: 'recvmsg' });
      });
    });
    closeSync(file);
  });

  it('of no byte cannot be sent: it would read as the end', () => {
    connected(({ one, other }) => {
      assert.throws(() => send(one, ''), RangeError);
      assert.equal(receive(other), undefined);
    });
  });

  it('with a descriptor that is closed is not sent at all', () => {
    withoutLeak(() => {
      connected(({ one, other }) => {
        for (const wrong of [closedFd, 2 ** 32 - 1])
          assert.throws(() => send(one, 'x', Uint32Array.of(0, wrong)), { code: 'EBADF', syscall: 'sendmsg' });
        assert.throws(() => send(one, 'x', new Uint32Array(254)), RangeError);
        assert.equal(receive(other), undefined);
      });
    });
  });

  it('fails with EMFILE where this process has no descriptor left for all of it, and keeps none', () => {
    const output = execFileSync('sh', ['-c', 'ulimit -n 64; exec "$0" -e "$1"', process.execPath, outOfDescriptors], {
      encoding: 'utf8',
      env: process.env,
    });
    assert.deepEqual(JSON.parse(output), { code: 'EMFILE', leaked: 0 });
  });
});

describe('wrong arguments of the sockets', () => {
  const plain = openSync('/dev/null', 'r+');
  after(() => closeSync(plain));
  const x = Buffer.from('x');
  const bytes = ['x', undefined, [1], new Uint32Array(1), new ArrayBuffer(8)];
  const calls: [call: string, valid: unknown[], wrong: (readonly unknown[])[]][] = [
    ['listenSocket', [newAddress()], [bytes]],
    ['connectSocket', [newAddress()], [bytes]],
    ['acceptSocket', [plain], [['1', undefined, 1n]]],
    ['sendMessage', [plain, x, none], [['1', undefined, 1n], bytes, [undefined, [0], new Int32Array(1), x]]],
    ['receiveMessage', [plain, into, 1], [['1', undefined, 1n], bytes, ['1', undefined, 1n]]],
  ];
  const untyped = native as unknown as Record<string, (...args: unknown[]) => unknown>;

  for (const [name, valid, wrong] of calls)
    it(name, () => {
      wrong.forEach((values, index) => {
        for (const value of values) assert.throws(() => untyped[name]!(...valid.with(index, value)), TypeError);
        assert.throws(() => untyped[name]!(...valid.slice(0, index)), TypeError);
      });
    });

  it('out of range', () => {
    for (const length of [0, 109]) {
      assert.throws(() => native.listenSocket(new Uint8Array(length)), RangeError);
      assert.throws(() => native.connectSocket(new Uint8Array(length)), RangeError);
    }
    for (const fd of [-1, 0.5, 2 ** 31]) assert.throws(() => native.acceptSocket(fd), RangeError);
    for (const room of [-1, 0.5, 254]) assert.throws(() => native.receiveMessage(plain, into, room), RangeError);
    assert.throws(() => native.receiveMessage(plain, new Uint8Array(), 1), RangeError);
  });

  it('descriptors that are no socket, or closed', () => {
    assert.throws(() => native.acceptSocket(closedFd), { code: 'EBADF', syscall: 'accept4' });
    assert.throws(() => send(plain, 'x'), { code: 'ENOTSOCK', syscall: 'sendmsg' });
    assert.throws(() => receive(plain), { code: 'ENOTSOCK', syscall: 'recvmsg' });
  });
});

/** Sends more descriptors than may be open. */
const outOfDescriptors = `
  ${loadScript}
  const open = () => require('fs').readdirSync('/proc/self/fd').length;
  const address = Buffer.from('\\0guesthead-limit-' + process.pid);
  const listener = native.listenSocket(address);
  const one = native.connectSocket(address);
  const other = native.acceptSocket(listener);
  native.sendMessage(one, Buffer.from('x'), new Uint32Array(60));
  const before = open();
  try {
    native.receiveMessage(other, new Uint8Array(8), 253);
  } catch ({ code }) {
    console.log(JSON.stringify({ code, leaked: open() - before }));
  }`;
