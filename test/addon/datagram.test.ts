/** Datagrams to real Unix sockets. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { DatagramReceiver } from '../support/datagrams.js';
import { native } from './support/addon.js';
import { openDescriptors } from './support/descriptors.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-datagram-'));
after(() => rmSync(folder, { recursive: true }));

/** Receives at `address` while `use` sends to it. */
async function receiving(address: string, use: (receiver: DatagramReceiver) => Promise<void>): Promise<void> {
  const receiver = await DatagramReceiver.open(address);
  try {
    await use(receiver);
  } finally {
    await receiver.close();
  }
}

const send = (address: string, message: string) => native.sendDatagram(Buffer.from(address), Buffer.from(message));

describe('a datagram', () => {
  it('comes to the socket of a path, one call one message, and leaves no descriptor', async () => {
    const path = join(folder, 'notify');
    await receiving(path, async (receiver) => {
      const before = openDescriptors();
      send(path, 'READY=1');
      send(path, 'STATUS=ä');
      send(path, '');
      assert.equal(openDescriptors(), before);
      assert.deepEqual(await receiver.received(3), ['READY=1', 'STATUS=ä', '']);
    });
  });

  it('comes to the socket of an abstract name', async () => {
    const name = `guesthead-test-${process.pid}`;
    await receiving(`@${name}`, async (receiver) => {
      send(`\0${name}`, 'WATCHDOG=1');
      assert.deepEqual(await receiver.received(1), ['WATCHDOG=1']);
    });
  });

  it('comes to an address of 108 bytes, which ends with no zero byte', async () => {
    const name = `guesthead-test-${process.pid}-`.padEnd(107, 'x');
    await receiving(`@${name}`, async (receiver) => {
      send(`\0${name}`, 'whole');
      assert.deepEqual(await receiver.received(1), ['whole']);
    });
  });

  it('is not waited with: a full queue is EAGAIN', async () => {
    const path = join(folder, 'full');
    await receiving(path, async (receiver) => {
      receiver.pause();
      const flood = () => {
        for (let count = 0; count < 100_000; count++) send(path, 'again');
      };
      assert.throws(flood, { code: 'EAGAIN', syscall: 'sendto' });
      receiver.resume();
      await receiver.received(1);
    });
  });

  it('that cannot be sent is an error with its errno, and leaves no descriptor', () => {
    const plain = join(folder, 'plain');
    writeFileSync(plain, '');
    const before = openDescriptors();
    assert.throws(() => send(join(folder, 'nowhere'), 'x'), { code: 'ENOENT', errno: 2, syscall: 'sendto' });
    assert.throws(() => send(plain, 'x'), { code: 'ECONNREFUSED', errno: 111, syscall: 'sendto' });
    assert.throws(() => native.sendDatagram(Buffer.from(plain), new Uint8Array(2 ** 26)), /^Error: E/);
    assert.equal(openDescriptors(), before);
  });

  it('takes bytes only, and an address of 1 to 108', () => {
    const untyped = native as unknown as { sendDatagram: (...args: unknown[]) => void };
    const bytes = Buffer.from('/nowhere');
    for (const wrong of ['text', undefined, new ArrayBuffer(4), new Int8Array(4), [1, 2]]) {
      assert.throws(() => untyped.sendDatagram(wrong, bytes), TypeError);
      assert.throws(() => untyped.sendDatagram(bytes, wrong), TypeError);
    }
    for (const length of [0, 109]) assert.throws(() => untyped.sendDatagram(new Uint8Array(length), bytes), RangeError);
  });
});
