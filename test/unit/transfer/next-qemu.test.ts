/** A broker outlives its QEMU. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openConsumer } from '../../../src/transfer/consumer/index.js';
import { hello } from '../../../src/transfer/protocol/greeting.js';
import { pagesOfPicture, Received, TransferRig, until } from '../../support/broker-rig.js';
import { isOpen } from '../../support/descriptors.js';
import { FakeGuestMemory } from '../../support/fake-guest-memory.js';

describe('a broker whose QEMU ends', () => {
  it('keeps nothing of it, and serves the next one at the same sockets, with the consumers that it has', async () => {
    const next = new FakeGuestMemory(pagesOfPicture);
    const rig = await TransferRig.open({}, undefined, next);
    const consumer = new Received(await openConsumer(rig.listen));
    const guest = await rig.producer();
    await guest.registered(0);
    guest.export(0);
    const lent = await consumer.buffers(1);
    const fd = lent.fd!;
    rig.memory.events$.complete();
    guest.socket.destroy();
    await until(() => !lent.isHeld && !isOpen(fd), 'the consumer has let go');
    assert.deepEqual([rig.memory.open, rig.memory.closed], [0, true]);
    const early = await rig.guest();
    early.say(hello('sooner than the next QEMU'));
    assert.match((await early.hear('refused')).reason, /QEMU has gone/);
    rig.isNextThere = true;
    await until(() => rig.broker.kind !== undefined, 'the next QEMU is there');
    const successor = await rig.producer();
    await successor.registered(0);
    successor.export(0);
    (await consumer.buffers(2)).release();
    await successor.hear('released');
    assert.deepEqual([rig.memory.open, next.open], [0, 1]);
    consumer.consumer.close();
    rig.close();
    assert.deepEqual([next.open, next.closed], [0, true]);
  });
});
