/** What `MessageSocket` makes of an addon that fails. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { lastValueFrom } from 'rxjs';
import { MessageSocket, type MessageNative } from '../../../src/ipc/index.js';
import type { NativeMessage } from '../../../src/native/index.js';
import { nativeError } from '../../../src/testing/index.js';
import { Fifo } from '../../addon/support/descriptors.js';
import { isOpen } from '../../support/descriptors.js';

const { EAGAIN, EPIPE, ECONNRESET, EBADF, EMFILE, EIO } = constants.errno;

/** FIFOs for sockets; the test says what there is to read and what fails. */
class FakeSockets implements MessageNative {
  readonly fds: number[] = [];
  readonly watchers: { closed: boolean; readable: (errno: number) => void }[] = [];
  /** Messages to read, and errnos to fail with instead. */
  readonly unread: (NativeMessage | number)[] = [];
  /** How many bytes each message that was read had room for, and how many descriptors. */
  readonly room: [bytes: number, fds: number][] = [];
  sendErrno = 0;
  watchErrno = 0;
  acceptErrno = 0;

  #open(): number {
    const { fd } = new Fifo();
    this.fds.push(fd);
    return fd;
  }

  listenSocket = () => this.#open();
  connectSocket = () => this.#open();

  acceptSocket(): undefined {
    if (this.acceptErrno !== 0) throw nativeError(this.acceptErrno, 'accept4');
  }

  sendMessage(): void {
    if (this.sendErrno !== 0) throw nativeError(this.sendErrno, 'sendmsg');
  }

  receiveMessage(_fd: number, into: Uint8Array, mostFds: number): NativeMessage | undefined {
    this.room.push([into.length, mostFds]);
    const next = this.unread.shift();
    if (typeof next === 'number') throw nativeError(next, 'recvmsg');
    return next;
  }

  watchReadable(_fd: number, readable: (errno: number) => void) {
    if (this.watchErrno !== 0) throw nativeError(this.watchErrno, 'fcntl');
    const watcher = { closed: false, readable, close: () => void (watcher.closed = true) };
    this.watchers.push(watcher);
    return watcher;
  }
}

const message = (length: number): NativeMessage => ({ length, fds: [] });

describe('MessageSocket', () => {
  for (const [errno, result] of [
    [0, 'sent'],
    [EAGAIN, 'full'],
    [109, 'full'],
    [EPIPE, 'gone'],
    [ECONNRESET, 'gone'],
  ] as const)
    it(`send: ${result} where the kernel says ${errno}`, () => {
      const native = new FakeSockets();
      const socket = MessageSocket.connect('/nowhere', {}, native);
      native.sendErrno = errno;
      assert.equal(socket.send(Buffer.from('x')), result);
      socket.close();
    });

  it('send: any other errno is an ERR_SYSTEM', () => {
    const native = new FakeSockets();
    const socket = MessageSocket.connect('/nowhere', {}, native);
    native.sendErrno = EBADF;
    assert.throws(() => socket.send(Buffer.from('x')), { code: 'ERR_SYSTEM', errno: EBADF });
    socket.close();
  });

  it('reads with the room that its limits say', () => {
    const native = new FakeSockets();
    const socket = MessageSocket.connect('/nowhere', { bytes: 100, fds: 2 }, native);
    socket.messages$.subscribe();
    native.watchers[0]!.readable(0);
    assert.deepEqual(native.room, [[100, 2]]);
    socket.close();
    for (const wrong of [{ bytes: 0 }, { bytes: NaN }, { fds: -1 }, { fds: 254 }, { fds: 0.5 }])
      assert.throws(() => MessageSocket.connect('/nowhere', wrong, native), { code: 'ERR_USAGE' });
    assert.equal(native.fds.length, 1, 'nothing was opened for them');
  });

  it('lets others have the event loop, however much there is to read', () => {
    const native = new FakeSockets();
    const socket = MessageSocket.connect('/nowhere', {}, native);
    let count = 0;
    socket.messages$.subscribe(() => count++);
    native.unread.push(...Array.from({ length: 1000 }, () => message(1)));
    native.watchers[0]!.readable(0);
    assert.ok(count > 0 && count < 1000, `${count}`);
    socket.close();
  });

  it('reads to the end where the poll failed, and completes', () => {
    const native = new FakeSockets();
    const socket = MessageSocket.connect('/nowhere', {}, native);
    const seen: string[] = [];
    socket.messages$.subscribe({ next: () => seen.push('message'), complete: () => seen.push('complete') });
    native.unread.push(...Array.from({ length: 200 }, () => message(1)));
    native.watchers[0]!.readable(ECONNRESET);
    assert.deepEqual([seen.length, seen.at(-1)], [201, 'complete']);
    assert.ok(native.watchers[0]!.closed);
    socket.close();
  });

  it('a read that fails ends the messages with ERR_SYSTEM, and the socket stays its owner’s', () => {
    const native = new FakeSockets();
    const socket = MessageSocket.connect('/nowhere', {}, native);
    let seen: unknown;
    socket.messages$.subscribe({ error: (error: unknown) => (seen = error) });
    native.unread.push(EIO);
    native.watchers[0]!.readable(0);
    assert.deepEqual([(seen as { code: string }).code, (seen as { errno: number }).errno], ['ERR_SYSTEM', EIO]);
    assert.ok(native.watchers[0]!.closed && isOpen(native.fds[0]!));
    socket.close();
    assert.ok(!isOpen(native.fds[0]!));
  });

  it('that cannot be watched says so, and can be read later', async () => {
    const native = new FakeSockets();
    const socket = MessageSocket.connect('/nowhere', {}, native);
    native.watchErrno = EMFILE;
    await assert.rejects(lastValueFrom(socket.messages$), { code: 'ERR_SYSTEM', errno: EMFILE });
    native.watchErrno = 0;
    socket.messages$.subscribe();
    assert.equal(native.watchers.length, 1);
    socket.close();
  });
});

describe('MessageSocket.listen', () => {
  it('ends with ERR_SYSTEM where a connection cannot be taken, and closes its socket', () => {
    const native = new FakeSockets();
    let seen: unknown;
    MessageSocket.listen('@name', {}, native).subscribe({ error: (error: unknown) => (seen = error) });
    native.acceptErrno = EMFILE;
    native.watchers[0]!.readable(0);
    assert.equal((seen as { errno: number }).errno, EMFILE);
    assert.ok(native.watchers[0]!.closed && !isOpen(native.fds[0]!));
  });

  it('closes its socket where it cannot be watched', async () => {
    const native = new FakeSockets();
    native.watchErrno = EMFILE;
    await assert.rejects(lastValueFrom(MessageSocket.listen('@name', {}, native)), { errno: EMFILE });
    assert.ok(!isOpen(native.fds[0]!));
  });
});
