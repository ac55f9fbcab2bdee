/**
 * A million messages to a broker, from a guest and from consumers: GUESTHEAD_SEED=random for other ones, GUESTHEAD_FUZZ_MESSAGES for
 * more. Nothing crashes, no descriptor stays, and no page is shown but what was exported.
 */
import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { Subject } from 'rxjs';
import type { Message, MessageSocket, SendResult } from '../../../src/ipc/index.js';
import { Broker } from '../../../src/transfer/host/broker.js';
import { defaultLimits } from '../../../src/transfer/host/limits.js';
import { MemoryKeeper } from '../../../src/transfer/host/memory-keeper.js';
import { hello } from '../../../src/transfer/protocol/greeting.js';
import { decode, encode } from '../../../src/transfer/protocol/messages.js';
import { isOpen, openDescriptors, openedSince } from '../../support/descriptors.js';
import { FakeGuestMemory } from '../../support/fake-guest-memory.js';
import { Random, seedOf } from '../../support/random.js';
import { Babble } from '../../support/transfer-fuzz.js';

const wanted = Number(process.env['GUESTHEAD_FUZZ_MESSAGES'] ?? 1_000_000);
const limits = { ...defaultLimits, bytes: 5n * 4096n, consumers: 4, refusals: 20 };
const pages = 2;

/** A consumer whose socket is the test's: what it hears it checks, and remembers to answer. */
class FuzzedConsumer {
  readonly messages$ = new Subject<Message>();
  readonly ids: string[] = [];
  readonly asked: number[] = [];
  readonly #buffers = new Set<number>();
  closed = false;

  constructor(private readonly random: Random) {}

  send(bytes: Uint8Array, fds: readonly number[] = []): SendResult {
    if (this.closed) return 'gone';
    if (this.random.chance(0.0005)) return 'full';
    const message = decode(Buffer.from(bytes));
    assert.equal(fds.length, message.type === 'buffer' ? 1 : 0);
    if (message.type === 'buffer') {
      const { offset, stride, height, size, buffer } = message;
      assert.ok(fds.every(isOpen) && !this.#buffers.has(buffer));
      assert.ok(BigInt(offset) + BigInt(stride) * BigInt(height) <= size && size <= BigInt(pages * 4096));
      this.#buffers.add(buffer);
    }
    if (message.type === 'export') {
      assert.ok(this.#buffers.has(message.buffer), 'an export of a buffer that came, and has not gone');
      this.ids.push(message.id);
    }
    if (message.type === 'unregister') {
      this.#buffers.delete(message.buffer);
      this.asked.push(message.buffer);
    }
    return 'sent';
  }

  close(): void {
    this.closed = true;
  }

  say(babble: Babble): void {
    const bytes = babble.fromConsumer(this.ids, this.asked);
    this.messages$.next({ bytes, fds: [] });
    for (const list of [this.ids, this.asked]) if (list.length > 0 && this.random.chance(0.9)) list.shift();
  }
}

/** One broker, until its guest is dropped. Returns how many messages it took. */
async function babbleOnce(random: Random, memory: FakeGuestMemory, most: number): Promise<number> {
  const babble = new Babble(random, memory);
  const port = new Duplex({
    read: () => undefined,
    write: (bytes: Buffer, _encoding, done) => {
      babble.hear(decode(bytes));
      done();
    },
  });
  const connections$ = new Subject<MessageSocket>();
  const once = [port];
  const connect = () => once.shift();
  const keeper = new MemoryKeeper(memory);
  const broker = new Broker({ memory: keeper, connect, device: 'transfer0', connections$, limits });
  const ends: string[] = [];
  broker.events$.subscribe((event) => {
    if (event.type === 'producer-gone') ends.push(event.why);
  });
  let consumers: FuzzedConsumer[] = [];
  port.emit('data', encode(hello('fuzz')));
  let count = 0;
  for (; count < most && ends.length === 0; count++) {
    if (count % 64 === 0) await turn(random);
    if (random.chance(0.01)) memory.heldElsewhere = random.chance(0.5);
    consumers = consumers.filter(({ closed }) => !closed);
    if (consumers.length < 3 && random.chance(0.1)) consumers.push(come());
    if (consumers.length > 0 && random.chance(0.6)) random.pick(consumers).say(babble);
    else sayInPieces(babble.fromGuest());
  }
  broker.close();
  return count;

  function come(): FuzzedConsumer {
    const consumer = new FuzzedConsumer(random);
    connections$.next(consumer as unknown as MessageSocket);
    consumer.messages$.next({ bytes: encode(hello('fuzz')), fds: [] });
    return consumer;
  }

  function sayInPieces(bytes: Buffer): void {
    const cut = random.chance(0.2) ? random.whole(0, bytes.length) : bytes.length;
    for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) if (piece.length > 0) port.emit('data', piece);
  }
}

/** What waits for the end of the present job is done, and sometimes what waits for a timer, too. */
async function turn(random: Random): Promise<void> {
  if (random.chance(0.002)) await sleep(2);
  else await Promise.resolve();
}

describe('a broker among babblers', () => {
  const seed = seedOf();
  it(`takes ${wanted} messages (seed ${seed})`, async (t) => {
    const random = new Random(seed);
    const memory = new FakeGuestMemory(pages, 4);
    const before = openDescriptors();
    let brokers = 0;
    for (let count = 0; count < wanted; brokers++) {
      count += 1 + (await babbleOnce(random, memory, wanted - count));
      assert.equal(memory.open, 0);
      memory.log.length = 0;
    }
    t.diagnostic(`${brokers} brokers, ${memory.takes} times pages were taken`);
    assert.ok(memory.takes > wanted / 1000, 'it is about something');
    assert.deepEqual(openedSince(before), []);
    memory.end(); // no canary was touched
  });
});
