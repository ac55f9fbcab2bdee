/** Messages that a hostile guest and hostile consumers may send: mostly good ones, that lead somewhere, and broken ones between. */
import { format } from '../../src/ffi/index.js';
import { hello } from '../../src/transfer/protocol/greeting.js';
import { encode, type TransferMessage } from '../../src/transfer/protocol/messages.js';
import type { FakeGuestMemory } from './fake-guest-memory.js';
import type { Random } from './random.js';

const numbers = [0, 1, 2, 3, 0xffff_ffff];

/** What one leg says; it remembers a little, so that much of it makes sense. */
export class Babble {
  readonly #ids: string[] = [];
  /** `free`, `going`, or the id of the export that locks it. */
  readonly #buffers = new Map<number, string>();
  #count = 0;

  constructor(
    private readonly random: Random,
    private readonly memory: FakeGuestMemory,
  ) {}

  /** From a producer, as bytes. */
  fromGuest(): Buffer {
    return this.#spoilt(encode(this.#guestMessage()));
  }

  /** From a consumer, who heard of these exports and buffers. */
  fromConsumer(ids: readonly string[], buffers: readonly number[]): Buffer {
    const { random } = this;
    const known = ids.length > 0 && random.chance(0.995) ? random.pick(ids) : this.#strangeId();
    const released: TransferMessage = { type: 'released', id: known };
    if (random.chance(0.9)) return this.#spoilt(encode(released));
    const buffer = buffers.length > 0 ? random.pick(buffers) : random.pick(numbers);
    return this.#spoilt(encode(random.chance(0.95) ? { type: 'unregistered', buffer } : this.#guestMessage()));
  }

  /** What the broker answers the guest. */
  hear(message: TransferMessage): void {
    if (message.type === 'released' || message.type === 'revoked')
      for (const [buffer, id] of this.#buffers) if (id === message.id) this.#buffers.set(buffer, 'free');
    const isGone = message.type === 'unregistered' || message.type === 'refused';
    if (isGone) this.#buffers.delete(message.buffer);
  }

  #guestMessage(): TransferMessage {
    const { random } = this;
    const buffer = random.chance(0.998) ? random.whole(0, 3) : random.pick(numbers);
    if (random.chance(0.002)) return this.#senseless(buffer);
    const state = this.#buffers.get(buffer);
    if (state === undefined) return this.#register(buffer);
    if (state === 'going') return random.chance(0.999) ? this.#guestMessage() : this.#register(buffer);
    if (random.chance(0.05)) {
      this.#buffers.set(buffer, 'going');
      return { type: 'unregister', buffer };
    }
    return state === 'free' ? this.#export(buffer) : { type: 'revoke', id: state };
  }

  #senseless(buffer: number): TransferMessage {
    const id = this.#anyId();
    const { random } = this;
    const choices = [
      () => hello('a babbler'),
      () => ({ type: 'released', id }) as const,
      () => ({ type: 'revoke', id }) as const,
      () => ({ type: 'unregister', buffer }) as const,
      () => this.#registration(buffer),
      () => ({ type: 'export', id, buffer, sequence: 1n, privateData: Buffer.alloc(random.whole(0, 2000)) }) as const,
    ];
    return random.pick(choices)();
  }

  #register(buffer: number): TransferMessage {
    this.#buffers.set(buffer, 'free');
    return this.#registration(buffer);
  }

  #export(buffer: number): TransferMessage {
    const id = this.#newId();
    this.#buffers.set(buffer, id);
    return {
      type: 'export',
      id,
      buffer,
      sequence: BigInt(this.#count),
      privateData: Buffer.alloc(this.random.whole(0, 192)),
    };
  }

  /** As the slab of that number has it, or with one thing changed. */
  #registration(buffer: number): TransferMessage {
    const { random, memory } = this;
    const page = memory.slabs[buffer % memory.slabs.length]?.page ?? 0n;
    const size = BigInt(memory.pages * 4096);
    const runs = [{ page, count: memory.pages }];
    const good = { width: 64, height: 32, format: format.XRGB8888, modifier: 0n, offset: 0, stride: 256, size, runs };
    const odd = random.pick([0, 1, 33, 4096, 0x7fff_ffff, 0xffff_ffff]);
    const changes = [
      { height: odd },
      { stride: odd },
      { offset: odd },
      { size: BigInt(odd) * 4096n },
      { format: odd },
      { runs: [{ page: page + BigInt(odd), count: memory.pages }] },
      { runs: [{ page, count: odd }] },
      { runs: [] },
    ];
    return { type: 'register', buffer, ...good, ...(random.chance(0.99) ? {} : random.pick(changes)) };
  }

  #newId(): string {
    const id = (++this.#count).toString(16).padStart(32, '0');
    this.#ids.push(id);
    if (this.#ids.length > 8) this.#ids.shift();
    return id;
  }

  #anyId(): string {
    return this.#ids.length > 0 && this.random.chance(0.9) ? this.random.pick(this.#ids) : this.#strangeId();
  }

  #strangeId(): string {
    return this.random.whole(0, 0x7fff_ffff).toString(16).padStart(32, 'e');
  }

  /** One in five hundred is broken: a byte changed, cut short, too long, or no message at all. */
  #spoilt(bytes: Buffer): Buffer {
    const { random } = this;
    if (random.chance(0.998)) return bytes;
    switch (random.whole(0, 3)) {
      case 0:
        bytes[random.whole(0, bytes.length - 1)] = random.whole(0, 255);
        return bytes;
      case 1:
        return bytes.subarray(0, random.whole(1, bytes.length));
      case 2:
        return Buffer.concat([bytes, Buffer.alloc(random.whole(1, 40))]);
      default:
        return Buffer.from(Array.from({ length: random.whole(1, 60) }, () => random.whole(0, 255)));
    }
  }
}
