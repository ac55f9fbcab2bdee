/** The broker between a guest that the test plays and real consumers, over real sockets. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, type TestContext } from 'node:test';
import { hello } from '../../../src/transfer/protocol/greeting.js';
import { MessageSocket } from '../../../src/ipc/index.js';
import { decode, encode } from '../../../src/transfer/protocol/messages.js';
import { openConsumer } from '../../../src/transfer/consumer/index.js';
import type { Consumer } from '../../../src/transfer/consumer/index.js';
import { FakeGuestMemory } from '../../support/fake-guest-memory.js';
import { isOpen, openDescriptors, openedSince } from '../../support/descriptors.js';
import { pagesOfPicture, Received, TransferRig, until } from '../../support/broker-rig.js';

describe('a broker', () => {
  let rig: TransferRig;
  let consumers: Consumer[];
  beforeEach(async () => {
    consumers = [];
    rig = await TransferRig.open();
  });
  afterEach(() => {
    for (const consumer of consumers) consumer.close();
    rig.close();
    assert.equal(rig.memory.open, 0);
  });

  async function come(): Promise<Received> {
    const consumer = await openConsumer(rig.listen, { name: 'a test' });
    consumers.push(consumer);
    return new Received(consumer);
  }

  it('hands a buffer to a consumer, and its release back', async () => {
    const guest = await rig.producer();
    const { buffers } = await come();
    await guest.registered(0);
    rig.memory.slabs[0]?.draw(Buffer.from('what the guest drew'));
    const id = guest.export(0, Buffer.from('private'));
    const received = await buffers(1);
    assert.deepEqual([received.id, received.width, received.height, received.strideBytes], [id, 64, 32, 256]);
    assert.deepEqual([received.sequence, Buffer.from(received.privateData).toString()], [1n, 'private']);
    assert.equal(
      received.read((pixels) => Buffer.from(pixels.subarray(0, 19)).toString()),
      'what the guest drew',
    );
    received.release();
    received.release();
    assert.deepEqual(await guest.hear('released'), { type: 'released', id });
    assert.throws(() => received.map(), { code: 'ERR_CLOSED' });
  });

  it('hands the descriptor over once a buffer', async () => {
    const guest = await rig.producer();
    const { buffers, all } = await come();
    await guest.registered(0);
    for (let count = 1; count <= 5; count++) {
      guest.export(0);
      (await buffers(count)).release();
      await guest.hear('released');
    }
    assert.equal(new Set(all.map(({ fd }) => fd)).size, 1);
    assert.equal(new Set(all.map(({ buffer }) => buffer)).size, 1);
  });

  it('tells the producer of the last release of several', async () => {
    const guest = await rig.producer();
    const [one, other] = [await come(), await come()];
    await guest.registered(0);
    const id = guest.export(0);
    (await one.buffers(1)).release();
    const last = await other.buffers(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(guest.heard, []);
    last.release();
    assert.equal((await guest.hear('released')).id, id);
  });

  it('releases what a consumer held that has died', async () => {
    const guest = await rig.producer();
    const { consumer, buffers } = await come();
    const other = await come(); // the last one's end would keep the newest
    await guest.registered(0);
    const id = guest.export(0);
    await buffers(1);
    consumer.close();
    (await other.buffers(1)).release();
    assert.equal((await guest.hear('released')).id, id);
  });

  it('keeps the newest for a consumer to come, and releases older ones', async () => {
    const guest = await rig.producer();
    await guest.registered(0, 1);
    const [first, second] = [guest.export(0), guest.export(1)];
    assert.equal((await guest.hear('released')).id, first);
    const late = await (await come()).buffers(1);
    assert.equal(late.id, second);
    late.release();
    assert.equal((await guest.hear('released')).id, second);
  });

  it('takes back what the producer revokes, and tells when nobody holds the pages', async () => {
    const guest = await rig.producer();
    const { buffers } = await come();
    await guest.registered(0);
    const id = guest.export(0);
    const received = await buffers(1);
    const fd = received.fd!;
    const { buffer: bytes } = received.map();
    rig.memory.heldElsewhere = true; // it gave its descriptor on
    guest.say({ type: 'revoke', id }, { type: 'unregister', buffer: 0 });
    assert.equal((await guest.hear('revoked')).id, id);
    await until(() => !received.isHeld && bytes.byteLength === 0, 'the mapping is gone');
    assert.ok(!isOpen(fd));
    assert.equal(rig.memory.open, 1);
    rig.memory.heldElsewhere = false;
    assert.equal((await guest.hear('unregistered')).buffer, 0);
    assert.equal(rig.memory.open, 0);
    received.release(); // says nothing: it is not held
    await guest.registered(0); // the number is free again
  });

  it('does not hold a release against a consumer that crosses a revocation', async () => {
    const guest = await rig.producer();
    const { consumer, buffers } = await come();
    await guest.registered(0, 1);
    const id = guest.export(0);
    const received = await buffers(1);
    guest.say({ type: 'revoke', id });
    await guest.hear('revoked');
    received.release(); // whichever comes first
    guest.export(1);
    assert.equal((await buffers(2)).sequence, 2n);
    consumer.close();
  });

  for (const [what, happen, why] of [
    ['the port hangs up', (rig, socket) => socket.destroy(), /connection to the port has ended/],
    [
      'the guest closes the port',
      (rig) => rig.memory.events$.next({ type: 'port', device: 'transfer0', open: false }),
      /closed the port/,
    ],
    ['the guest restarts', (rig) => rig.memory.events$.next({ type: 'reset' }), /restarts/],
    ['the guest moves away', (rig) => rig.memory.events$.next({ type: 'moved' }), /moved/],
    ['QEMU ends', (rig) => rig.memory.events$.complete(), /hung up/],
    ['the broker closes', (rig) => rig.broker.close(), /closing/],
  ] satisfies [string, (rig: TransferRig, socket: { destroy(): unknown }) => unknown, RegExp][])
    it(`where ${what}, tells the consumers first, and then closes the pages`, async (t) => {
      const guest = await rig.producer();
      const { buffers, done } = await come();
      await come();
      const local = new Received(rig.broker.consumer());
      await guest.registered(0, 1);
      guest.export(0);
      const [received, own] = [await buffers(1), await local.buffers(1)];
      const fd = received.fd!;
      noteSends(t, rig.memory.log);
      happen(rig, guest.socket);
      await until(() => rig.memory.open === 0, 'the pages are closed');
      const expected = ['revoked', 'revoked', 'unregister', 'unregister', 'pages 0 closed', 'pages 1 closed'];
      assert.deepEqual(rig.memory.log.slice(0, 6), expected);
      await until(() => !received.isHeld && !own.isHeld, 'both have heard of it');
      await until(() => !isOpen(fd), 'the descriptor is closed');
      const gone = rig.events.find(({ type }) => type === 'producer-gone');
      assert.match(gone?.type === 'producer-gone' ? gone.why : '', why);
      if (what === 'the broker closes') assert.deepEqual(await done, undefined);
    });

  it('connects to the port again, and finds the greeting behind what was left half said', async () => {
    const first = await rig.producer();
    first.socket.destroy();
    const second = await rig.guest();
    second.socket.write(encode({ type: 'unregister', buffer: 7 }).subarray(3));
    second.say(hello('the second'));
    await second.hear('welcome');
    await second.registered(0);
  });

  it('takes a greeting in mid-session for another producer', async () => {
    const guest = await rig.producer();
    await guest.registered(0);
    guest.say(hello('its successor'));
    guest.register(0, 1);
    await guest.hear('welcome');
    await guest.hear('registered');
    assert.equal(rig.memory.open, 1);
    assert.deepEqual(rig.memory.log, ['pages 0 closed']);
  });

  it('does not wait for the end of a message whose producer has gone, where QEMU tells of its successor only', async () => {
    const guest = await rig.producer();
    const cut = encode({ type: 'refused', what: 1, buffer: 1, reason: 'x'.repeat(1000) });
    guest.socket.write(Buffer.concat([cut.subarray(0, 100), encode(hello('its successor'))]));
    await until(() => guest.socket.writableLength === 0, 'all is said');
    await new Promise((resolve) => setTimeout(resolve, 20));
    rig.memory.events$.next({ type: 'port', device: 'transfer0', open: true });
    await guest.hear('welcome');
  });

  it('gives its own process buffers without a descriptor', async () => {
    const guest = await rig.producer();
    const consumer = rig.broker.consumer();
    await guest.registered(0);
    guest.export(0);
    for await (const received of consumer) {
      assert.equal(received.fd, undefined);
      assert.equal(
        received.read((pixels) => pixels.length),
        pagesOfPicture * 4096,
      );
      received.release();
      break;
    }
    await guest.hear('released');
    consumer.close();
  });

  it('says why it cannot listen, and lets the memory go', async () => {
    const second = new TransferRig(new FakeGuestMemory(1, 1));
    Object.assign(second, { listen: rig.listen });
    await assert.rejects(second.openBroker(), { code: 'ERR_SYSTEM', message: /taken/ });
    assert.ok(second.memory.closed);
    second.memory.end();
  });

  it('leaves no descriptor behind', async () => {
    const before = openDescriptors();
    const guest = await rig.producer();
    const { consumer, buffers } = await come();
    await guest.registered(0, 1, 2);
    guest.export(0);
    guest.export(1);
    await buffers(2);
    consumer.close();
    guest.socket.destroy();
    await until(() => rig.memory.open === 0, 'the pages are closed');
    await rig.guest(); // the broker has connected again
    await until(() => openedSince(before).length === 0, 'no more descriptors than before');
  });
});

describe('a broker on a host without /dev/udmabuf', () => {
  it('serves its own process, and says to others why not', async () => {
    const rig = await TransferRig.open({}, new FakeGuestMemory(pagesOfPicture, 1, 'mapping'));
    await assert.rejects(openConsumer(rig.listen), { code: 'ERR_UNSUPPORTED', message: /no \/dev\/udmabuf/ });
    const guest = await rig.producer();
    const own = new Received(rig.broker.consumer());
    await guest.registered(0);
    guest.export(0);
    (await own.buffers(1)).release();
    await guest.hear('released');
    rig.close();
  });
});

/** Notes what consumers are told in the same log as what becomes of the pages. */
function noteSends(t: TestContext, log: string[]): void {
  const { send } = MessageSocket.prototype; // oxlint-disable-line typescript/unbound-method -- called with its own `this`
  t.mock.method(MessageSocket.prototype, 'send', function (this: MessageSocket, bytes: Uint8Array, fds?: number[]) {
    const { type } = decode(Buffer.from(bytes));
    if (type === 'revoked' || type === 'unregister') log.push(type);
    return send.call(this, bytes, fds);
  });
}
