/** A guest and consumers that do what they may not: they are dropped with a plain reason, and nothing stays. */
import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { MessageSocket } from '../../../src/ipc/index.js';
import { openConsumer } from '../../../src/transfer/consumer/index.js';
import { hello } from '../../../src/transfer/protocol/greeting.js';
import {
  decode,
  encode,
  kindOf,
  type MessageOf,
  type TransferMessage,
} from '../../../src/transfer/protocol/messages.js';
import { Received, TransferRig, registration, until, type FakeGuest } from '../../support/broker-rig.js';

let rig: TransferRig;
beforeEach(async () => {
  rig = await TransferRig.open({ answerMs: 300, refusals: 3, buffers: 3, bytes: 20_480n, consumers: 2 });
});
afterEach(() => {
  rig.close();
  assert.equal(rig.memory.open, 0);
});

const id = 'ab'.repeat(16);
const exported = (changes: Partial<MessageOf<'export'>> = {}): TransferMessage => ({
  ...{ type: 'export', id, buffer: 0, sequence: 1n, privateData: new Uint8Array() },
  ...changes,
});

describe('a hostile guest', () => {
  for (const [what, say, reason] of [
    ['exports a buffer that it has not registered', (guest) => guest.say(exported({ buffer: 2 })), /not registered/],
    ['registers a buffer twice', (guest) => guest.register(0, 1), /twice/],
    [
      'unregisters what it has not registered',
      (guest) => guest.say({ type: 'unregister', buffer: 9 }),
      /not registered/,
    ],
    [
      'unregisters twice',
      (guest) => guest.say(...twice({ type: 'unregister', buffer: 0 } as const)),
      /not registered|twice/,
    ],
    ['exports a locked buffer', (guest) => guest.say(exported(), exported({ id: 'cd'.repeat(16) })), /locked/],
    ['exports an id twice', (guest) => guest.say(exported(), exported({ buffer: 1 })), /twice/],
    ['revokes what it has not exported', (guest) => guest.say({ type: 'revoke', id }), /not exported/],
    ['sends too much private data', (guest) => guest.say(exported({ privateData: new Uint8Array(193) })), /193 bytes/],
    ['speaks as a consumer', (guest) => guest.say({ type: 'released', id }), /does not say "released"/],
    ['speaks as a broker', (guest) => guest.say({ type: 'registered', buffer: 0 }), /does not say "registered"/],
    ['sends an unknown kind', (guest) => guest.socket.write(Buffer.from('08000000ff000000', 'hex')), /kind 255/],
    ['sends flags', (guest) => guest.socket.write(Buffer.from('0c0000000a000100', 'hex')), /flags are 1/],
    ['sends a huge length', (guest) => guest.socket.write(Buffer.from('ffffffff0a000000', 'hex')), /4294967295/],
    ['names pages of others for ever', (guest) => flood(guest), /3 of its buffers could not be taken/],
  ] satisfies [string, (guest: FakeGuest) => unknown, RegExp][])
    it(`that ${what} loses the connection, and its buffers`, async () => {
      const guest = await rig.producer();
      await guest.registered(0, 1);
      say(guest);
      if (what === 'sends flags') guest.socket.write(Buffer.alloc(4)); // the rest of it
      assert.match((await hearFarewell(guest)).reason, reason);
      await guest.ended;
      assert.equal(rig.memory.open, 0);
      await rig.producer(); // it may begin anew
    });

  for (const [what, changes, reason] of [
    ['rows that lie outside of its memory', { height: 33 }, /end at byte 8448 of 8192/],
    ['an offset that overflows', { offset: 0xffff_ffff, stride: 0xffff_ffff, height: 16_384 }, /end at byte/],
    ['a stride shorter than a row', { stride: 255 }, /shorter than a row/],
    ['no format that is known', { format: 1 }, /0x00000001/],
    ['a tiled modifier', { modifier: 1n }, /linear/],
    ['no size', { width: 0 }, /0x32/],
    ['no whole pages', { size: 8191n }, /whole pages/],
    ['more bytes than a producer may have', { size: 24_576n }, /20480 are left/],
    ['pages of others', { runs: [{ page: 1n, count: 2 }] }, /none of its own/],
    ['fewer pages than its size', { size: 4096n, height: 16 }, /none of its own/],
  ] satisfies [string, Partial<MessageOf<'register'>>, RegExp][])
    it(`is refused a buffer with ${what}`, async () => {
      const guest = await rig.producer();
      guest.register(5, 0, changes);
      const { what: kind, buffer, reason: told } = await guest.hear('refused');
      assert.deepEqual([kind, buffer], [kindOf('register'), 5]);
      assert.match(told, reason);
      await guest.registered(0);
      const isOwn = told.includes('none of its own');
      assert.equal(rig.memory.takes, 1, isOwn ? 'the memory itself refused it' : 'the memory was not asked');
    });

  it('is refused a buffer more than it may have', async () => {
    const guest = await rig.producer();
    const small = { size: 4096n, height: 16 };
    for (const buffer of [0, 1, 2, 3])
      guest.say({
        ...registration(rig.memory, buffer, buffer, small),
        runs: [{ page: rig.memory.slabs[buffer]!.page, count: 1 }],
      });
    assert.match((await guest.hear('refused')).reason, /3 buffers/);
  });

  it('that does not read loses the connection', async () => {
    const before = await rig.guest();
    rig.broker.close();
    await before.ended;
    await rig.openBroker({ unreadBytes: 4000, refusals: 1e9 });
    const guest = await rig.producer();
    guest.socket.pause();
    const one = encode(registration(rig.memory, 5, 0, { format: 1 }));
    for (let count = 0; count < 10_000 && !guest.socket.destroyed; count++) {
      guest.socket.write(one);
      if (count % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(
      () => rig.events.some((event) => event.type === 'producer-gone' && event.why.includes('does not read')),
      'the end',
    );
  });

  it('of another version is told which are spoken', async () => {
    const guest = await rig.guest();
    guest.say({ ...hello('from the future'), oldest: 7, newest: 9 });
    const { what, reason } = await guest.hear('refused');
    assert.equal(what, kindOf('hello'));
    assert.match(reason, /versions 1, from the future 7 to 9/);
  });

  it('that speaks without a greeting is hung up on', async () => {
    const guest = await rig.guest();
    guest.say({ type: 'unregister', buffer: 1 });
    await guest.ended;
    await rig.producer();
  });
});

describe('a hostile consumer', () => {
  const stranger = () => MessageSocket.connect(rig.listen);

  for (const [what, messages, reason] of [
    ['does not greet', [], /did not greet/],
    ['speaks before it greets', [{ type: 'released', id }], /before it has greeted/],
    ['greets as another protocol', [{ ...hello('x'), magic: 1 }], /another protocol/],
    ['greets twice', [hello('x'), hello('x')], /does not say "hello"/],
    ['releases what it does not hold', [hello('x'), { type: 'released', id }], /does not hold/],
    ['lets go unasked', [hello('x'), { type: 'unregistered', buffer: 1 }], /without being asked/],
    ['speaks as a producer', [hello('x'), { type: 'unregister', buffer: 1 }], /does not say "unregister"/],
  ] satisfies [string, TransferMessage[], RegExp][])
    it(`that ${what} is dropped`, async () => {
      const socket = stranger();
      const heard: TransferMessage[] = [];
      const ended = new Promise<void>((resolve) =>
        socket.messages$.subscribe({ next: ({ bytes }) => heard.push(decode(Buffer.from(bytes))), complete: resolve }),
      );
      for (const message of messages) socket.send(encode(message));
      await ended;
      const last = heard.at(-1);
      assert.match(last?.type === 'refused' ? last.reason : '', reason);
      socket.close();
    });

  it('that sends bytes, too many bytes or descriptors is dropped', async () => {
    const fd = openSync('/dev/null', 'r');
    for (const [bytes, fds] of [
      [Buffer.from('nothing that anybody knows'), []],
      [Buffer.alloc(10_000), []],
      [encode(hello('x')), [fd]],
    ] as const) {
      const socket = stranger();
      const ended = new Promise<void>((resolve) => socket.messages$.subscribe({ complete: resolve }));
      socket.send(bytes, fds);
      await ended;
      socket.close();
    }
    closeSync(fd);
  });

  it('is one of as many as may come', async () => {
    const [one, two] = [await openConsumer(rig.listen), await openConsumer(rig.listen)];
    await assert.rejects(openConsumer(rig.listen), { code: 'ERR_UNSUPPORTED', message: /2 consumers/ });
    one.close();
    two.close();
  });

  it('that does not let go of a buffer is dropped, and its descriptor waited for', async () => {
    const guest = await rig.producer();
    const socket = stranger();
    socket.send(encode(hello('one that keeps all')));
    await guest.registered(0);
    await until(() => rig.events.some(({ type }) => type === 'consumer'), 'it has greeted');
    guest.export(0);
    rig.memory.heldElsewhere = true;
    guest.say({ type: 'unregister', buffer: 0 });
    await until(() => rig.events.some(({ type }) => type === 'consumer-gone'), 'it is dropped');
    await new Promise((resolve) => setTimeout(resolve, 250));
    assert.equal(rig.memory.open, 1);
    rig.memory.heldElsewhere = false;
    await guest.hear('unregistered');
    socket.close();
  });

  it('that does not read is dropped as soon as its socket is full, and holds nobody up', async () => {
    const guest = await rig.producer();
    const silent = stranger();
    silent.send(encode(hello('one that does not read')));
    const other = new Received(await openConsumer(rig.listen, { name: 'one that does' }));
    await guest.registered(0);
    await until(() => rig.events.filter(({ type }) => type === 'consumer').length === 2, 'both have greeted');
    const isGone = () =>
      rig.events.some((event) => event.type === 'consumer-gone' && event.why.includes('does not read'));
    for (let count = 1; !isGone(); count++) {
      const one = guest.export(0);
      (await other.buffers(count)).release();
      guest.say({ type: 'revoke', id: one });
      await Promise.race([guest.hear('revoked'), until(isGone, 'the end')]); // with its end, all are released
    }
    other.consumer.close();
    silent.close();
  });
});

function twice(one: TransferMessage): [TransferMessage, TransferMessage] {
  return [one, one];
}

function flood(guest: FakeGuest): void {
  for (let buffer = 10; buffer < 20; buffer++)
    guest.register(buffer, 0, { runs: [{ page: BigInt(buffer), count: 2 }] });
}

/** What it is told at the end, about nothing in particular. */
async function hearFarewell(guest: FakeGuest): Promise<MessageOf<'refused'>> {
  for (;;) {
    const refused = await guest.hear('refused');
    if (refused.what === 0) return refused;
  }
}
