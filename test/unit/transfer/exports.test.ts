/** Which exports are under way, and who holds them: any events in any order. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Exports, type ConsumerId, type Effect } from '../../../src/transfer/host/exports.js';

type Event =
  | { type: 'add'; buffer: number }
  | { type: 'join' | 'leave'; consumer: number }
  | { type: 'release'; consumer: number; export: number }
  | { type: 'revoke'; export: number };

const few = fc.nat({ max: 3 });
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ type: fc.constant('add' as const), buffer: few }),
  fc.record({ type: fc.constantFrom('join' as const, 'leave' as const), consumer: few }),
  fc.record({ type: fc.constant('release' as const), consumer: few, export: fc.nat({ max: 20 }) }),
  fc.record({ type: fc.constant('revoke' as const), export: fc.nat({ max: 20 }) }),
);

/** What the effects told everybody: the truth that the machine must agree with. */
class Told {
  readonly #exports = new Exports();
  readonly consumers = new Set<number>();
  /** By export: who was offered it and has it still; in order of the exports. */
  readonly live = new Map<string, Set<number>>();
  readonly endings = new Map<string, number>();
  #count = 0;

  happen(event: Event): void {
    switch (event.type) {
      case 'add':
        if (this.#exports.ofBuffer(event.buffer) === undefined) this.#add(event.buffer);
        return;
      case 'join':
        if (!this.consumers.has(event.consumer)) this.#join(event.consumer);
        return;
      case 'leave':
        this.#leave(event.consumer);
        return;
      case 'release': {
        const [id, holders] = this.#nth(event.export);
        holders?.delete(event.consumer);
        this.#perform(this.#exports.release(id, event.consumer as ConsumerId), 'released');
        return;
      }
      case 'revoke':
        this.#perform(this.#exports.revoke(this.#nth(event.export)[0]), 'revoked');
    }
  }

  check(): void {
    assert.equal(this.#exports.size, this.live.size);
    for (const [id, holders] of this.live) {
      for (const consumer of [0, 1, 2, 3])
        assert.equal(this.#exports.isHeldBy(id, consumer as ConsumerId), holders.has(consumer));
      const isNewest = id === [...this.live.keys()].at(-1);
      if (holders.size === 0) assert.ok(isNewest && this.consumers.size === 0, `${id} is held by nobody and lives`);
    }
    for (const [id, times] of this.endings) assert.equal(times, 1, `${id} ended ${times} times`);
    assert.equal(this.endings.size + this.live.size, this.#count);
  }

  #add(buffer: number): void {
    const id = `${++this.#count}`;
    this.live.set(id, new Set());
    this.#perform(this.#exports.add({ id, buffer, sequence: 1n, privateData: new Uint8Array() }), 'released');
    if (this.consumers.size > 0) assert.deepEqual(this.live.get(id), this.consumers);
  }

  #join(consumer: number): void {
    this.consumers.add(consumer);
    const effects = this.#exports.join(consumer as ConsumerId);
    assert.ok(effects.length <= 1);
    this.#perform(effects, 'released');
  }

  #leave(consumer: number): void {
    this.consumers.delete(consumer);
    for (const holders of this.live.values()) holders.delete(consumer);
    this.#perform(this.#exports.leave(consumer as ConsumerId), 'released');
  }

  /** Checks each effect against what was told before it. */
  #perform(effects: readonly Effect[], ending: 'released' | 'revoked'): void {
    for (const effect of effects) {
      const { id } = effect.export;
      const holders = this.live.get(id);
      assert.ok(holders !== undefined, `${effect.type} of ${id}, which has ended`);
      if (effect.type === 'offer') {
        assert.ok(this.consumers.has(effect.to) && !holders.has(effect.to));
        holders.add(effect.to);
      } else if (effect.type === 'withdraw') assert.ok(ending === 'revoked' && holders.delete(effect.from));
      else {
        assert.equal(effect.type, ending);
        assert.equal(holders.size, 0, 'the producer hears of the end before a consumer does');
        this.live.delete(id);
        this.endings.set(id, (this.endings.get(id) ?? 0) + 1);
      }
    }
  }

  #nth(place: number): [string, Set<number>?] {
    const all = [...this.live];
    return all[place % all.length] ?? ['none'];
  }
}

describe('exports', () => {
  it('end once each, and are held by whoever was offered them and has not let go', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const told = new Told();
        for (const one of events) {
          told.happen(one);
          told.check();
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('all end with revokeAll, consumers first', () => {
    const exports = new Exports([1, 2] as ConsumerId[]);
    for (const id of ['a', 'b']) exports.add({ id, buffer: 0, sequence: 1n, privateData: new Uint8Array() });
    const types = exports.revokeAll().map(({ type }) => type);
    assert.deepEqual(types, ['withdraw', 'withdraw', 'revoked', 'withdraw', 'withdraw', 'revoked']);
    assert.equal(exports.size, 0);
  });
});
