/** The stream of bytes that a port is, on a FIFO both of whose ends are one descriptor. */
import assert from 'node:assert/strict';
import { closeSync, readdirSync } from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import type { NativePort } from '../../src/native/port.js';
import { loadScript, native } from './support/addon.js';
import { runNode, transcript } from './support/child.js';
import { closedFd, Fifo, fifoScript, memoryFile, openDescriptors, openPipe } from './support/descriptors.js';
import { collectUntil, turns, until } from './support/loop.js';
import { uncaughtDuring } from './support/uncaught.js';

/** Closed at the latest when its test ends, for a watched one keeps the process alive. */
const opened: { close(): void }[] = [];
afterEach(() => opened.splice(0).forEach((one) => one.close()));

function fifo(): Fifo {
  const pipe = new Fifo();
  opened.push(pipe);
  return pipe;
}

function open(fd: number, room: Uint8Array, onRead: (count: number) => void): NativePort {
  const port = native.openPort(fd, 0, room, onRead);
  opened.push(port);
  return port;
}

const noop = (): void => undefined;
const text = (room: Uint8Array, count: number) => Buffer.from(room.subarray(0, count)).toString();

describe('openPort', () => {
  it('reads into the room before each call, and calls again for what did not fit', async () => {
    const [pipe, room] = [fifo(), new Uint8Array(4)];
    const heard: string[] = [];
    open(pipe.fd, room, (count) => heard.push(text(room, count))).watch();
    pipe.write('one');
    await until(() => heard.length === 1);
    pipe.write('and more');
    await until(() => heard.length === 3);
    await turns();
    assert.deepEqual(heard, ['one', 'and ', 'more']);
  });

  it('hears nothing unless it watches, and reads when it is asked', async () => {
    const [pipe, room] = [fifo(), new Uint8Array(8)];
    let calls = 0;
    const port = open(pipe.fd, room, () => calls++);
    assert.equal(port.read(), -1);
    pipe.write('one');
    await turns();
    assert.deepEqual([calls, port.read(), text(room, 3)], [0, 3, 'one']);
    port.watch();
    port.watch();
    port.unwatch();
    pipe.write('two');
    await turns();
    assert.deepEqual([calls, port.read(), text(room, 3)], [0, 3, 'two']);
  });

  it('writes the front of the bytes, as many as there is room for, and then none', () => {
    const [pipe, room] = [fifo(), new Uint8Array(8)];
    const port = open(pipe.fd, room, noop);
    assert.equal(port.write(Buffer.from('front and back'), 5), 5);
    assert.deepEqual([port.read(), text(room, 5)], [5, 'front']);
    pipe.fill();
    assert.equal(port.write(Buffer.alloc(8), 8), 0);
    assert.equal(port.write(Buffer.alloc(8), 0), 0);
    assert.throws(() => port.write(Buffer.alloc(8), 9), RangeError);
  });

  it('says that the other end has gone', async () => {
    const pipe = openPipe();
    const counts: number[] = [];
    const port = open(pipe.fd, new Uint8Array(8), (count) => {
      counts.push(count);
      port.close();
    });
    port.watch();
    await turns();
    pipe.hangUp();
    await until(() => counts.length > 0);
    await turns();
    assert.deepEqual(counts, [0]);
  });

  it('keeps one descriptor, not below the number it is given, until it is closed', () => {
    const pipe = fifo();
    const before = openDescriptors();
    const port = native.openPort(pipe.fd, 700, new Uint8Array(1), noop);
    assert.ok(readdirSync('/proc/self/fd').some((fd) => Number(fd) >= 700));
    assert.equal(openDescriptors(), before + 1);
    port.close();
    port.close();
    assert.equal(openDescriptors(), before);
    assert.throws(() => port.watch(), { code: 'ERR_CLOSED' });
    assert.throws(() => port.read(), { code: 'ERR_CLOSED' });
  });

  it('refuses what cannot be a stream, or has no such number', () => {
    const [pipe, file] = [fifo(), memoryFile(1)];
    const before = openDescriptors();
    const openAt = (fd: number, least: number) => () => native.openPort(fd, least, new Uint8Array(1), noop);
    assert.throws(openAt(closedFd, 0), { code: 'EBADF', syscall: 'fcntl' });
    assert.throws(openAt(pipe.fd, 2 ** 31 - 1), { code: 'EINVAL', syscall: 'fcntl' });
    assert.throws(openAt(file, 0), { code: 'EPERM', syscall: 'epoll_ctl' });
    assert.equal(openDescriptors(), before);
    closeSync(file);
  });

  it('reads into no memory that JavaScript has given away', async () => {
    const [pipe, room] = [fifo(), new Uint8Array(8)];
    const counts: number[] = [];
    const port = open(pipe.fd, room, (count) => {
      counts.push(count);
      port.close();
    });
    port.watch();
    structuredClone(room, { transfer: [room.buffer] });
    assert.throws(() => port.read(), { code: 'EFAULT' });
    pipe.write('lost');
    await until(() => counts.length > 0);
    assert.deepEqual(counts, [-14]);
  });

  it('may be closed by its own call, and survives what that throws', async () => {
    const pipe = fifo();
    let calls = 0;
    const port = open(pipe.fd, new Uint8Array(1), () => {
      if (++calls === 2) port.close();
      throw new Error(`call ${calls}`);
    });
    port.watch();
    const errors = await uncaughtDuring(async () => {
      pipe.write('three');
      await until(() => calls === 2);
      await turns();
    });
    assert.deepEqual(errors, ['call 1', 'call 2']);
  });

  it('goes with its object unless it watches', { skip: !('gc' in globalThis) && 'node --expose-gc' }, async () => {
    const pipe = fifo();
    const before = openDescriptors();
    (() => void native.openPort(pipe.fd, 0, new Uint8Array(1), noop))();
    await collectUntil(() => openDescriptors() === before);
    assert.equal(openDescriptors(), before);
  });

  it('keeps the loop alive while it watches', async () => {
    const script = (ending: string): string => `${loadScript}
      ${fifoScript}
      const port = native.openPort(fd, 0, new Uint8Array(1), () => { console.log('read'); port.close(); });
      ${ending}`;
    const waits = await runNode(['-e', script("port.watch(); setTimeout(() => fs.writeSync(fd, 'x'), 200).unref();")]);
    assert.equal(waits.stdout, 'read\n', transcript(waits));
    const ends = await runNode(['-e', script('port.watch(); port.unwatch();')]);
    assert.deepEqual([ends.status, ends.stdout, ends.stderr], [0, '', '']);
  });

  it('throws for arguments of another kind, and on what is no port', () => {
    const pipe = fifo();
    const port = open(pipe.fd, new Uint8Array(1), noop);
    const { openPort } = native as unknown as { openPort: (...given: unknown[]) => unknown };
    const valid: readonly unknown[] = [pipe.fd, 0, new Uint8Array(1), noop];
    for (const [index, wrong] of [
      ['1', undefined],
      ['0', 1n],
      [[1], new Int8Array(1), new ArrayBuffer(1)],
      [{}, undefined],
    ].entries())
      for (const value of wrong) assert.throws(() => openPort(...valid.with(index, value)), TypeError);
    for (const number of [-1, 0.5, 2 ** 31]) assert.throws(() => openPort(...valid.with(1, number)), RangeError);
    assert.throws(() => port.write('text' as never, 1), TypeError);
    for (const number of [-1, 2, NaN]) assert.throws(() => port.write(new Uint8Array(1), number), RangeError);
    const watcher = native.watchReadable(pipe.fd, noop);
    opened.push(watcher);
    const { read } = Object.getPrototypeOf(port) as { read: () => number };
    for (const other of [{}, native, watcher]) assert.throws(() => read.call(other), { code: 'ERR_CLOSED' });
  });
});
