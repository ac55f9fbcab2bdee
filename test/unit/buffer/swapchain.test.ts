import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Swapchain, type SlotState } from '../../../src/buffer/index.js';

type Move = 'acquire' | 'submit' | 'cancel' | 'drop' | 'flipped' | 'released';

/** The table of DESIGN.md, written down a second time: what each move may do to the slot it names. */
const allowed: Record<Exclude<Move, 'acquire'>, readonly [SlotState, SlotState]> = {
  submit: ['drawing', 'queued'],
  cancel: ['drawing', 'free'],
  drop: ['drawing', 'free'],
  flipped: ['queued', 'current'],
  released: ['draining', 'free'],
};

const moves = fc.array(
  fc.record({
    move: fc.constantFrom<Move>(
      'acquire',
      'submit',
      'cancel',
      'drop',
      'flipped',
      'released',
      'released',
      'flipped',
      'submit',
    ),
    index: fc.nat(15),
  }),
  { maxLength: 200 },
);

function statesOf(chain: Swapchain<string>): SlotState[] {
  return chain.slots.map(({ state }) => state);
}

describe('swapchain', () => {
  it('makes only the moves of the table, whatever is called in whatever order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 16 }), moves, (count, sequence) => {
        const chain = new Swapchain(Array.from({ length: count }, (_, i) => `buffer ${i}`));
        for (const { move, index } of sequence) step(chain, move, index % count);
      }),
      { numRuns: 500 },
    );
  });

  it('never hands out a buffer that is locked, nor one twice', () => {
    fc.assert(
      fc.property(moves, (sequence) => {
        const chain = new Swapchain(['a', 'b', 'c', 'd']);
        const drawing = new Set<number>();
        for (const { move, index } of sequence) {
          if (move === 'acquire') {
            const before = statesOf(chain);
            const slot = chain.acquire();
            if (slot === undefined) assert.ok(!before.includes('free'), 'acquire failed with a free buffer');
            else {
              assert.equal(before[slot.index], 'free');
              assert.ok(!drawing.has(slot.index));
              drawing.add(slot.index);
            }
          } else {
            step(chain, move, index % 4);
            for (const { index: i, state } of chain.slots) if (state !== 'drawing') drawing.delete(i);
          }
        }
      }),
    );
  });

  it('loses no buffer: once everything is done, all are free but the one on the screen', () => {
    fc.assert(
      fc.property(moves, (sequence) => {
        const chain = new Swapchain(['a', 'b', 'c', 'd']);
        for (const { move, index } of sequence) step(chain, move, index % 4);
        for (const { index, state } of chain.slots) if (state === 'drawing') chain.cancel(index);
        for (const { index, state } of chain.slots) if (state === 'queued') chain.flipped(index);
        for (const { index, state } of chain.slots) if (state === 'draining') chain.released(index);
        const { free, current } = chain.counts();
        assert.equal(free + current, 4);
        assert.ok(current <= 1);
      }),
    );
  });

  it('tells the age of what a buffer holds', () => {
    const chain = new Swapchain(['a', 'b']);
    const show = () => {
      const slot = chain.acquire();
      assert.ok(slot);
      const { age } = slot;
      chain.submit(slot.index);
      chain.flipped(slot.index);
      for (const { index, state } of chain.slots) if (state === 'draining') chain.released(index);
      return age;
    };
    assert.deepEqual([show(), show(), show(), show()], [0, 0, 2, 2]);
    const given = chain.acquire();
    assert.ok(given);
    chain.cancel(given.index);
    assert.equal(show(), 0, 'after a cancelled frame the contents are unknown');
  });

  it('knows what a dropped buffer holds, and takes it last', () => {
    const chain = new Swapchain(['a', 'b', 'c']);
    const first = chain.acquire();
    assert.ok(first);
    chain.drop(first.index);
    assert.deepEqual([chain.acquire()?.index, chain.acquire()?.index], [1, 2]);
    const again = chain.acquire();
    assert.deepEqual([again?.index, again?.frame, again?.age], [0, 3, 3]);
  });

  it('goes on with the frame numbers of an earlier one, whose contents it does not know', () => {
    const slot = new Swapchain(['a', 'b'], 70).acquire();
    assert.deepEqual([slot?.frame, slot?.age], [70, 0]);
  });

  it('says what each locked buffer waits for when there is none to acquire', () => {
    const chain = new Swapchain(['a', 'b']);
    for (let i = 0; i < 2; i++) {
      const slot = chain.acquire();
      assert.ok(slot);
      chain.submit(slot.index);
      chain.flipped(slot.index);
    }
    assert.equal(chain.acquire(), undefined);
    assert.deepEqual(chain.waiting(), ['buffer 0 waits for its flush fence', 'buffer 1 is on the screen']);
  });

  it('gives nothing back once the device is lost', () => {
    const chain = new Swapchain(['a', 'b']);
    chain.lose();
    assert.equal(chain.acquire(), undefined);
    assert.throws(() => {
      chain.released(0);
    }, /lost, not draining/);
  });

  it('has 2 to 16 buffers', () => {
    assert.throws(() => new Swapchain(['a']), { code: 'ERR_USAGE' });
    assert.throws(() => new Swapchain(Array.from({ length: 17 }, () => 'a')), { code: 'ERR_USAGE' });
  });
});

/** Calls one method and checks every slot's state before and after it against the table. */
function step(chain: Swapchain<string>, move: Move, index: number): void {
  const before = statesOf(chain);
  if (move === 'acquire') {
    chain.acquire();
    return;
  }
  const [from, to] = allowed[move];
  if (before[index] !== from) {
    assert.throws(() => {
      chain[move](index);
    });
    assert.deepEqual(statesOf(chain), before, 'a refused move changes nothing');
    return;
  }
  chain[move](index);
  const after = statesOf(chain);
  before.forEach((state, i) => {
    const expected = i === index ? to : move === 'flipped' && state === 'current' ? 'draining' : state;
    assert.equal(after[i], expected);
  });
}
