import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { requestDesktopSize } from '../../../src/lab/rfb.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-rfb-'));
const path = join(folder, 'vnc.sock');
let server: Server;
after(() => {
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  server.close();
  await once(server, 'close');
});

/** A server of QEMU's kind: `answer` is what it says to SetDesktopSize, a byte at a time. */
async function serve(answer: Buffer, secured = false): Promise<{ messages: () => Buffer }> {
  let received = Buffer.alloc(0);
  const sent = [
    { after: 0, text: Buffer.from('RFB 003.008\n') },
    { after: 12, text: Buffer.of(1, 1) },
    { after: 13, text: secured ? Buffer.of(0, 0, 0, 1) : Buffer.alloc(4) },
    { after: 14, text: Buffer.concat([Buffer.alloc(20), Buffer.of(0, 0, 0, 4), Buffer.from('QEMU')]) },
    { after: 14 + 12 + 24, text: answer },
  ];
  const say = (socket: Socket) => {
    while (sent[0] !== undefined && received.length >= sent[0].after)
      for (const byte of sent.shift()?.text ?? []) socket.write(Buffer.of(byte));
  };
  server = createServer((socket) => {
    say(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      say(socket);
      if (sent.length === 0 && answer.length === 0) socket.end();
    });
  }).listen(path);
  await once(server, 'listening');
  return { messages: () => received.subarray(14) };
}

/** FramebufferUpdate with one ExtendedDesktopSize rectangle of one screen. */
function update(reason: number, status: number): Buffer {
  const message = Buffer.alloc(4 + 12 + 4 + 16);
  message.writeUInt16BE(1, 2);
  message.writeUInt16BE(reason, 4);
  message.writeUInt16BE(status, 6);
  message.writeInt32BE(-308, 12);
  message.writeUInt8(1, 16);
  return message;
}

/** FramebufferUpdate with a DesktopSize rectangle, which carries nothing. */
const plainUpdate = Buffer.concat([Buffer.of(0, 0, 0, 1), Buffer.alloc(8), Buffer.from([0xff, 0xff, 0xff, 0x21])]);
const forwarded = 4;

describe('asking QEMU for a desktop size', () => {
  it('announces that it knows resizes, sends one screen, and waits for the answer to it', async () => {
    const { messages } = await serve(Buffer.concat([update(0, 0), plainUpdate, update(1, forwarded)]));
    await requestDesktopSize(path, { width: 1280, height: 720 });
    const encodings = '02000002' + 'fffffecc' + 'ffffff21';
    const screen = '00000000' + '00000000' + '050002d0' + '00000000';
    assert.equal(messages().toString('hex'), `${encodings}fb00050002d00100${screen}`);
  });

  const failures: [string, Buffer, RegExp][] = [
    ['a refusal', update(1, 3), /no size of its own/],
    ['a picture nobody asked for', Buffer.concat([Buffer.of(0, 0, 0, 1), Buffer.alloc(12)]), /encoding 0/],
    ['another message', Buffer.of(2, 0, 0, 0), /message 2/],
    ['an end', Buffer.alloc(0), /closed the connection/],
  ];
  for (const [what, answer, message] of failures)
    it(`fails at ${what}`, async () => {
      await serve(answer);
      await assert.rejects(requestDesktopSize(path, { width: 800, height: 600 }), { code: 'ERR_LAB', message });
    });

  it('fails where the server wants to know who it is', async () => {
    await serve(Buffer.alloc(1), true);
    await assert.rejects(requestDesktopSize(path, { width: 800, height: 600 }), /refused the connection/);
  });

  it('ends with its signal, and leaves', async () => {
    await serve(update(0, 0));
    const controller = new AbortController();
    const asked = requestDesktopSize(path, { width: 800, height: 600 }, controller.signal);
    await once(server, 'connection');
    controller.abort(new Error('enough'));
    await assert.rejects(asked, /enough/);
  });
});
