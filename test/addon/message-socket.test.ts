/** `MessageSocket` on real sockets. */
import assert from 'node:assert/strict';
import { closeSync, existsSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { firstValueFrom, lastValueFrom, take, toArray, type Subscription } from 'rxjs';
import { MessageSocket, type Message, type MessageLimits } from '../../src/ipc/index.js';
import { lockOf } from '../../src/ipc/listen-at.js';
import { native } from './support/addon.js';
import { openDescriptors } from './support/descriptors.js';
import { turns, until } from './support/loop.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-messages-'));
after(() => rmSync(folder, { recursive: true }));

let names = 0;
const newName = () => `@guesthead-messages-${process.pid}-${names++}`;
const bytes = (text: string) => Buffer.from(text);
const textOf = (message: Message) => Buffer.from(message.bytes).toString();

interface Connection {
  readonly one: MessageSocket;
  readonly other: MessageSocket;
}

/** Connects, lets `use` work, closes all, and sees that no descriptor is left. */
async function connected(use: (connection: Connection) => Promise<void> | void, limits?: MessageLimits): Promise<void> {
  const before = openDescriptors();
  const path = newName();
  const accepted = firstValueFrom(MessageSocket.listen(path, limits, native));
  const one = MessageSocket.connect(path, limits, native);
  const other = await accepted;
  try {
    await use({ one, other });
  } finally {
    one.close();
    other.close();
  }
  await until(() => openDescriptors() <= before, 'the end of all descriptors');
}

describe('MessageSocket', () => {
  it('brings messages with their descriptors, both ways, and completes when the peer closes', async () => {
    const file = openSync('/dev/null', 'r');
    await connected(async ({ one, other }) => {
      const all = lastValueFrom(other.messages$.pipe(toArray()));
      assert.equal(one.send(bytes('first'), [file, file]), 'sent');
      assert.equal(one.send(bytes('second')), 'sent');
      assert.equal(other.send(bytes('answer')), 'sent');
      assert.equal(textOf(await firstValueFrom(one.messages$)), 'answer');
      one.close();
      const messages = await all;
      assert.deepEqual(messages.map(textOf), ['first', 'second']);
      assert.deepEqual(
        messages.map(({ fds }) => fds.length),
        [2, 0],
      );
      for (const fd of messages[0]!.fds) {
        assert.equal(fstatSync(fd).rdev, fstatSync(file).rdev);
        closeSync(fd);
      }
      assert.equal(other.send(bytes('too late')), 'gone');
    });
    closeSync(file);
  });

  it('loses no message between two subscribers, and keeps the bytes of each apart', async () => {
    await connected(async ({ one, other }) => {
      for (const text of ['a', 'b', 'c', 'd']) one.send(bytes(text));
      const first = await firstValueFrom(other.messages$);
      const rest = await lastValueFrom(other.messages$.pipe(take(3), toArray()));
      assert.deepEqual([first, ...rest].map(textOf), ['a', 'b', 'c', 'd']);
    });
  });

  it('closed with messages that nobody has read, leaves none of their descriptors', async () => {
    const file = openSync('/dev/null', 'r');
    await connected(async ({ one, other }) => {
      for (let count = 0; count < 10; count++) one.send(bytes('unread'), [file]);
      await turns();
      other.close();
      assert.equal(one.send(bytes('x')), 'gone');
    });
    closeSync(file);
  });

  it('completes where the peer goes without reading what it was sent, behind its last message', async () => {
    await connected(async ({ one, other }) => {
      const all = lastValueFrom(other.messages$.pipe(toArray()));
      other.send(bytes('never read'));
      one.send(bytes('last'));
      one.close();
      assert.deepEqual((await all).map(textOf), ['last']);
    });
  });

  it('says where the peer has too much unread, and sends on once it has read', async () => {
    await connected(async ({ one, other }) => {
      let sent = 0;
      while (one.send(bytes(`${sent}`)) === 'sent') assert.ok(++sent < 100_000);
      assert.equal(one.send(bytes('x')), 'full');
      const all = await lastValueFrom(other.messages$.pipe(take(sent), toArray()));
      assert.equal(textOf(all.at(-1)!), `${sent - 1}`);
      assert.equal(one.send(bytes('again')), 'sent');
    });
  });

  for (const [what, limits, text, count] of [
    ['longer than its limit', { bytes: 4 }, 'longer', 1],
    ['with more descriptors than its limit', { fds: 1 }, 'x', 2],
  ] as const)
    it(`fails for a message ${what}, whose descriptors are closed`, async () => {
      const file = openSync('/dev/null', 'r');
      await connected(async ({ one, other }) => {
        const failed = assert.rejects(lastValueFrom(other.messages$), { code: 'ERR_SYSTEM', errno: 90 });
        one.send(bytes(text), new Array<number>(count).fill(file));
        await failed;
      }, limits);
      closeSync(file);
    });

  it('closes once, completes its messages, and throws ERR_CLOSED afterwards', async () => {
    await connected(async ({ one }) => {
      const ended = lastValueFrom(one.messages$, { defaultValue: 'completed' });
      one.close();
      one.close();
      assert.equal(await ended, 'completed');
      assert.ok(one.closed);
      assert.throws(() => one.send(bytes('x')), { code: 'ERR_CLOSED' });
      await assert.rejects(lastValueFrom(one.messages$), { code: 'ERR_CLOSED' });
    });
  });

  it('may be closed by its own reader', async () => {
    await connected(async ({ one, other }) => {
      for (const text of ['a', 'b']) one.send(bytes(text));
      const seen: string[] = [];
      await new Promise<void>((complete) => {
        other.messages$.subscribe({
          next: (message) => {
            seen.push(textOf(message));
            other.close();
          },
          complete,
        });
      });
      assert.deepEqual(seen, ['a']);
    });
  });

  it('has one reader at a time', async () => {
    await connected(async ({ one, other }) => {
      const reading = other.messages$.subscribe();
      await assert.rejects(lastValueFrom(other.messages$), { code: 'ERR_USAGE' });
      reading.unsubscribe();
      one.send(bytes('for the next'));
      assert.equal(textOf(await firstValueFrom(other.messages$)), 'for the next');
    });
  });

  it('sends no empty message and no more than 253 descriptors', async () => {
    await connected(({ one }) => {
      assert.throws(() => one.send(new Uint8Array()), { code: 'ERR_USAGE' });
      assert.throws(() => one.send(bytes('x'), new Array<number>(254).fill(0)), { code: 'ERR_USAGE' });
      assert.throws(() => one.send(bytes('x'), [987_654]), { code: 'ERR_SYSTEM', errno: 9, operation: 'sendmsg' });
    });
  });
});

describe('MessageSocket.listen', () => {
  it('takes each connection while it is subscribed to, and removes the file that it made', async () => {
    const path = join(folder, 'socket');
    const before = openDescriptors();
    const sockets: MessageSocket[] = [];
    const listening: Subscription = MessageSocket.listen(path, {}, native).subscribe((one) => sockets.push(one));
    const clients = [1, 2, 3].map(() => MessageSocket.connect(path, {}, native));
    await until(() => sockets.length === 3);
    assert.ok(existsSync(path));
    listening.unsubscribe();
    assert.ok(!existsSync(path));
    assert.throws(() => MessageSocket.connect(path, {}, native), { code: 'ERR_SYSTEM', errno: 2 });
    assert.equal(clients[0]!.send(bytes('still open')), 'sent');
    for (const socket of [...clients, ...sockets]) socket.close();
    await until(() => openDescriptors() <= before);
  });

  it('leaves a file that is another listener’s by now', () => {
    const path = join(folder, 'replaced');
    const listening = MessageSocket.listen(path, {}, native).subscribe();
    rmSync(path);
    writeFileSync(path, 'another’s');
    listening.unsubscribe();
    assert.ok(existsSync(path));
  });

  it('takes the place of a listener that was killed, whose file is left, and of none that is only starting', async () => {
    const before = openDescriptors();
    const path = join(folder, 'left');
    closeSync(native.listenSocket(bytes(path)));
    assert.ok(existsSync(path));
    const accepted = firstValueFrom(MessageSocket.listen(path, {}, native));
    const client = MessageSocket.connect(path, {}, native);
    for (const socket of [client, await accepted]) socket.close();
    await until(() => openDescriptors() <= before);

    closeSync(native.listenSocket(bytes(path)));
    const begun = native.listenSocket(bytes(`\0${lockOf(path)}`)); // as who is between its look and its listening
    await assert.rejects(lastValueFrom(MessageSocket.listen(path, {}, native)), { code: 'ERR_SYSTEM', errno: 98 });
    closeSync(begun);
    rmSync(path);
  });

  it('errors where somebody listens already, or where no socket can be', async () => {
    const path = join(folder, 'taken');
    const listening = MessageSocket.listen(path, {}, native).subscribe();
    await assert.rejects(lastValueFrom(MessageSocket.listen(path, {}, native)), {
      code: 'ERR_SYSTEM',
      errno: 98,
      advice: /end it, or choose another path/,
    });
    assert.ok(existsSync(path));
    listening.unsubscribe();
    writeFileSync(path, 'no socket');
    await assert.rejects(lastValueFrom(MessageSocket.listen(path, {}, native)), {
      errno: 98,
      advice: /is no socket/,
    });
    assert.equal(readFileSync(path, 'utf8'), 'no socket');
    rmSync(path);
    for (const wrong of ['', '@', 'a\0b', 'x'.repeat(109)]) {
      await assert.rejects(lastValueFrom(MessageSocket.listen(wrong, {}, native)), { code: 'ERR_USAGE' });
      assert.throws(() => MessageSocket.connect(wrong, {}, native), { code: 'ERR_USAGE' });
    }
  });
});
