/** A million messages from a host that means no good, or makes no sense: the producer goes on, and loses no descriptor. */
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { encode, kindOf, type TransferMessage } from '../../../../src/transfer/protocol/messages.js';
import { Random, seedOf } from '../../../support/random.js';
import { transferRig, welcome, type FakePort } from '../../../support/transfer-rig.js';

const messages = Number(process.env['GUESTHEAD_FUZZ_MESSAGES'] ?? 1_000_000);
/** That are said at once. */
const atOnce = 500;
const kinds = ['register', 'export', 'hello'].map((name) => kindOf(name as 'hello'));

/** One message that may mean something, to what there is. */
function sensible(random: Random, port: FakePort): TransferMessage {
  const exports = port.said('export').slice(-8);
  const id = random.chance(0.8) && exports.length > 0 ? random.pick(exports).id : 'ab'.repeat(16);
  const buffer = random.whole(0, 12);
  switch (random.whole(0, 5)) {
    case 0:
      return { type: 'registered', buffer };
    case 1:
      return { type: 'released', id };
    case 2:
      return { type: 'revoked', id, reason: 'x'.repeat(random.whole(0, 50)) };
    case 3:
      return { type: 'unregistered', buffer };
    case 4:
      return { type: 'refused', what: random.pick(kinds), buffer, reason: '' };
    default:
      return welcome;
  }
}

/** One that is none, or none of a broker's. */
function nonsense(random: Random): Buffer {
  if (random.chance(0.3)) return Buffer.from(Array.from({ length: random.whole(1, 64) }, () => random.whole(0, 255)));
  if (random.chance(0.3)) return encode({ type: 'unregister', buffer: 1 });
  const bytes = encode({ type: 'released', id: 'cd'.repeat(16) });
  bytes[random.whole(0, bytes.length - 1)] = random.whole(0, 255);
  return bytes;
}

describe('a producer with a hostile host', () => {
  it('survives a million messages, and has every descriptor back at the end', async (context) => {
    const seed = seedOf();
    context.diagnostic(`GUESTHEAD_SEED=${seed}`);
    const random = new Random(seed);
    mock.timers.enable({ apis: ['setTimeout'] });
    const { port, pages, producer } = transferRig();
    let [ended, faults] = [0, 0];
    producer.state$.subscribe(({ type }) => {
      if (type === 'refused') faults++;
    });
    for (let count = 0; count < 8; count++) producer.allocate({ width: 64, height: 16 });
    for (let said = 0; said < messages; said += atOnce) {
      if (producer.state.type !== 'connected') {
        port.connect();
        mock.timers.tick(300);
        port.say(welcome);
      }
      const some = Array.from({ length: atOnce }, () => encode(sensible(random, port)));
      if (random.chance(0.2)) some[random.whole(0, atOnce - 1)] = nonsense(random);
      port.say(Buffer.concat(some));
      for (let buffer = producer.acquire(); buffer !== undefined; buffer = producer.acquire()) {
        void buffer.export().released.then(() => ended++);
        if (random.chance(0.05)) buffer.revoke();
      }
      if (random.chance(0.02)) port.hangUp();
      port.sent.splice(0, Math.max(0, port.sent.length - 64));
      if (said % (20 * atOnce) === 0) await turn();
    }
    const closing = producer.close();
    mock.timers.tick(1000);
    await closing;
    mock.timers.reset();
    assert.ok(ended > 1000 && faults > 100, `${ended} exports ended, ${faults} times nonsense was seen`);
    assert.deepEqual([port.open$.size, port.watchers.size, pages.open.size, pages.mappings], [0, 0, 0, 0]);
  });
});
