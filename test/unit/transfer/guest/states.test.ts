/** What a producer keeps in mind: buffers' states and pages' numbers, against a model of each. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BufferStates, type BufferState } from '../../../../src/transfer/guest/buffer-states.js';
import { PageLedger } from '../../../../src/transfer/guest/page-ledger.js';

const four = ['a', 'b', 'c', 'd'] as const;
type Name = (typeof four)[number];

const move = fc.record({
  verb: fc.constantFrom('acquire', 'acquireAny', 'cancel', 'lend', 'settle', 'forget', 'remove'),
  buffer: fc.constantFrom(...four),
});

describe('the states of buffers', () => {
  it('go only where the table says, however they are pushed', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 200 }), (moves) => {
        const states = new BufferStates<Name>();
        for (const name of four) states.add(name);
        const model = new Map<Name, { state: BufferState; contents: number; id: string }>();
        for (const name of four) model.set(name, { state: 'free', contents: -1, id: '' });
        let frame = 0;
        moves.forEach(({ verb, buffer }, step) => {
          const one = model.get(buffer);
          const draw = (name: Name) => {
            const drawn = model.get(name)!;
            const expected = { frame, age: drawn.contents < 0 ? 0 : frame - drawn.contents };
            assert.deepEqual(states.frameOf(name), expected);
            drawn.state = 'drawing';
            frame++;
          };
          switch (verb) {
            case 'acquire':
              assert.equal(states.acquire(buffer), one?.state === 'free' ? buffer : undefined);
              if (one?.state === 'free') draw(buffer);
              break;
            case 'acquireAny': {
              const free = [...model].filter(([, { state }]) => state === 'free');
              const oldest = Math.min(...free.map(([, { contents }]) => contents));
              const taken = states.acquireAny();
              if (taken === undefined) assert.equal(free.length, 0);
              else {
                assert.equal(model.get(taken)?.state, 'free');
                assert.equal(model.get(taken)?.contents, oldest, 'the one drawn longest ago');
                draw(taken);
              }
              break;
            }
            case 'cancel':
              if (one?.state !== 'drawing') assert.throws(() => states.cancel(buffer));
              else {
                states.cancel(buffer);
                Object.assign(one, { state: 'free', contents: -1 });
              }
              break;
            case 'lend':
              if (one?.state !== 'drawing') assert.throws(() => states.lend(buffer, `${step}`));
              else {
                states.lend(buffer, `${step}`);
                Object.assign(one, { state: 'exported', contents: states.frameOf(buffer).frame, id: `${step}` });
              }
              break;
            case 'settle': {
              const wasOut = one?.state === 'exported';
              assert.equal(states.settle(buffer), wasOut);
              assert.equal(states.settle(buffer), false, 'once');
              if (wasOut) one.state = 'free';
              break;
            }
            case 'forget':
              if (one === undefined) assert.throws(() => states.forgetContents(buffer));
              else {
                states.forgetContents(buffer);
                one.contents = -1;
              }
              break;
            case 'remove':
              if (one?.state === 'exported') break; // settled first
              states.remove(buffer);
              model.delete(buffer);
          }
          for (const name of four) {
            const { state, id } = model.get(name) ?? { state: undefined, id: '' };
            assert.equal(states.stateOf(name), state);
            assert.equal(states.idOf(name), state === 'exported' ? id : undefined);
          }
        });
      }),
    );
  });
});

const event = fc.record({
  verb: fc.constantFrom('add', 'register', 'registered', 'refused', 'exported', 'retire', 'unregistered', 'hangUp'),
  number: fc.integer({ min: 0, max: 6 }),
});

describe('the ledger of pages', () => {
  it('frees each memory once, and none that a consumer may hold before the broker says so', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 100 }), (events) => {
        const ledger = new PageLedger<number>();
        const [added, freed, held] = [new Set<number>(), new Set<number>(), new Set<number>()];
        const known = new Set<number>();
        const free = (memory: number | undefined) => {
          if (memory === undefined) return;
          assert.ok(added.has(memory) && !freed.has(memory), 'freed once');
          assert.ok(!held.has(memory), 'nobody holds it');
          freed.add(memory);
        };
        for (const { verb, number } of events)
          switch (verb) {
            case 'add':
              added.add(ledger.add(added.size + 1));
              break;
            case 'register':
              if (ledger.register(number)) known.add(number);
              break;
            case 'registered':
              assert.equal(ledger.registered(number) && !known.has(number), false);
              break;
            case 'refused':
              ledger.refused(number);
              break;
            case 'exported':
              if (!ledger.isRegistered(number)) break; // the producer exports nothing else
              ledger.exported(number);
              held.add(number);
              break;
            case 'retire': {
              const { tell, gone } = ledger.retire(number);
              if (tell) assert.equal(gone, undefined);
              free(gone);
              break;
            }
            case 'unregistered': {
              const before = ledger.isUnknown(number);
              if (!before) held.delete(number);
              free(ledger.unregistered(number));
              break;
            }
            case 'hangUp':
              for (const memory of ledger.hangUp()) free(memory);
          }
        const left = ledger.drain();
        assert.deepEqual(new Set([...left, ...freed]), added, 'none is lost');
        assert.equal(left.length + freed.size, added.size);
      }),
    );
  });

  it('has a page parked that was exported when the host hung up, and never frees it by itself', () => {
    const ledger = new PageLedger<string>();
    const number = ledger.add('memory');
    ledger.register(number);
    ledger.registered(number);
    ledger.exported(number);
    assert.deepEqual(ledger.hangUp(), []);
    assert.deepEqual(ledger.unknown(), [number], 'the next broker is told of it');
    assert.deepEqual(ledger.retire(number), { tell: false, gone: undefined });
    assert.deepEqual([ledger.parked, ledger.awaited], [1, 0]);
    assert.deepEqual(ledger.unknown(), [], 'but not once it is parked');
    assert.deepEqual(ledger.drain(), ['memory']);
  });
});
