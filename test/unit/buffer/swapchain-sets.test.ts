/** Sets of backbuffers that replace each other in one chain, and what each present of a buffer is owed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Swapchain } from '../../../src/buffer/index.js';

type Move = 'draw' | 'commit' | 'flip' | 'fence' | 'give up' | 'give back' | 'replace';
const moves = fc.array(
  fc.constantFrom<Move>('draw', 'draw', 'commit', 'commit', 'flip', 'flip', 'fence', 'give up', 'give back', 'replace'),
  { maxLength: 150 },
);

let names = 0;
const newName = () => `buffer ${names++}`;
/** Two to begin with; a third is made when it is needed. */
const newSet = () => [newName(), newName()];
const third = (set: string[]) => () => {
  if (set.length > 2) return undefined;
  const name = newName();
  set.push(name);
  return name;
};

/** A head around the chain, with one frame drawn, one queued and one on the screen, of whichever set. */
class Machine {
  readonly gone = new Set<string>();
  readonly chain = new Swapchain<string>([]);
  set = newSet();
  readonly retired: string[] = [];
  #drawn: number | undefined;
  #queued: number | undefined;
  #current: number | undefined;
  readonly #draining: number[] = [];

  constructor() {
    this.chain.use(this.set, third(this.set));
  }

  step(move: Move): void {
    if (move === 'draw') this.#drawn ??= this.chain.acquire()?.index;
    else if (move === 'replace') this.replace();
    else if (move === 'flip') this.#flip();
    else if (move === 'fence') this.#fence();
    else if (move === 'commit') this.#commit();
    else this.#giveUp(move);
    this.#check();
  }

  replace(): void {
    const before = this.set;
    this.set = newSet();
    this.chain.use(this.set, third(this.set));
    this.retired.push(...before);
    const names = new Map(this.chain.all.map(({ index, buffer }) => [index, buffer]));
    this.chain.retire(before, (index) => {
      const name = names.get(index) ?? '';
      assert.ok(!this.gone.has(name), `${name} goes twice`);
      this.gone.add(name);
    });
  }

  /** Everything that is on its way is shown and read to its end. */
  drain(): void {
    for (const move of ['give up', 'flip', 'draw', 'commit', 'flip', 'fence', 'fence', 'fence', 'fence'] as const)
      this.step(move);
  }

  #commit(): void {
    if (this.#drawn === undefined || this.#queued !== undefined) return;
    this.chain.submit(this.#drawn);
    this.#queued = this.#drawn;
    this.#drawn = undefined;
  }

  #flip(): void {
    if (this.#queued === undefined) return;
    this.chain.flipped(this.#queued);
    if (this.#current !== undefined) this.#draining.push(this.#current);
    this.#current = this.#queued;
    this.#queued = undefined;
  }

  #fence(): void {
    const slot = this.#draining.shift();
    if (slot !== undefined) this.chain.released(slot);
  }

  #giveUp(move: 'give up' | 'give back'): void {
    if (this.#drawn === undefined) return;
    if (move === 'give back') this.chain.giveBack(this.#drawn, false);
    else this.chain.cancel(this.#drawn);
    this.#drawn = undefined;
  }

  #check(): void {
    const held = [this.#drawn, this.#queued, this.#current, ...this.#draining];
    const { all, slots } = this.chain;
    const at = new Map(all.map(({ index, buffer }) => [index, buffer]));
    assert.equal(at.size, all.length, 'two buffers have one slot');
    assert.deepEqual(
      slots.map(({ buffer }) => buffer),
      this.set,
      'what is drawn into',
    );
    for (const slot of held) if (slot !== undefined) assert.ok(at.has(slot), `slot ${slot} went while it was held`);
    const inChain = new Set(at.values());
    for (const name of this.retired) assert.equal(this.gone.has(name), !inChain.has(name), name);
    for (const name of this.retired) {
      const slot = all.find(({ buffer }) => buffer === name);
      assert.ok(slot === undefined || held.includes(slot.index), `${name} stays, and nothing holds it`);
    }
  }
}

describe('sets that replace each other', () => {
  it('go, each buffer once, as soon as nothing holds it and not before', () => {
    fc.assert(
      fc.property(moves, (sequence) => {
        const machine = new Machine();
        for (const move of sequence) machine.step(move);
        machine.drain();
        machine.replace();
        machine.drain();
        assert.equal(machine.gone.size, machine.retired.length);
      }),
      { numRuns: 500 },
    );
  });

  it('grow where no backbuffer is free, and not before', () => {
    const asked: number[] = [];
    const chain = new Swapchain<string>([]);
    const set = ['a', 'b'];
    const make = third(set);
    chain.use(set, (slot) => {
      asked.push(slot);
      return make();
    });
    assert.deepEqual([chain.acquire()?.index, chain.acquire()?.index, asked], [0, 1, []]);
    const another = chain.acquire();
    assert.deepEqual([another?.index, another?.age, another?.buffer === set[2], asked], [2, 0, true, [2]]);
    assert.equal(chain.acquire(), undefined);
    assert.deepEqual([chain.counts().drawing, chain.slots.length], [3, 3]);
  });

  it('do not grow where other buffers have all the slots', () => {
    const chain = new Swapchain<string>([]);
    chain.use(['a', 'b'], () => assert.fail('it was asked for one more'));
    while (chain.room > 0) chain.admit(() => undefined);
    assert.notEqual(chain.acquire(), undefined);
    assert.notEqual(chain.acquire(), undefined);
    assert.equal(chain.acquire(), undefined);
  });

  it('go on with the numbers of frames; a buffer that is used again keeps its slot and what it holds', () => {
    const chain = new Swapchain(['a', 'b']);
    const first = chain.acquire();
    assert.ok(first);
    chain.drop(first.index);
    chain.use(['c', 'd']);
    assert.deepEqual([chain.acquire()?.frame, chain.acquire()?.frame, chain.acquire()], [1, 2, undefined]);
    const [again] = chain.use(['a', 'b']);
    assert.equal(again, first);
    chain.acquire(); // b, which holds nothing
    const known = chain.acquire();
    assert.deepEqual([known?.index, known?.frame, known?.age], [first.index, 4, 4]);
  });

  it('have no more than 64 slots between them', () => {
    const chain = new Swapchain<string>([]);
    for (let i = 0; i < 4; i++) chain.use(Array.from({ length: 16 }, (_, j) => `${i} ${j}`));
    assert.equal(chain.room, 0);
    assert.throws(() => chain.use(['a', 'b']), { code: 'ERR_USAGE' });
    chain.retire(['0 0'], () => undefined);
    assert.throws(() => chain.use(['a', 'b']), { code: 'ERR_USAGE' }, 'there is room for one');
    assert.deepEqual([chain.room, chain.slots[0]?.buffer], [1, '3 0'], 'nothing has changed');
  });
});

describe('what a present is owed', () => {
  function owing() {
    const calls: string[] = [];
    const chain = new Swapchain(['a', 'b'], 0, (call) => {
      call();
    });
    const show = (name: string) => {
      const slot = chain.acquire();
      assert.ok(slot);
      chain.owe(slot.index, () => calls.push(name));
      chain.submit(slot.index);
      chain.flipped(slot.index);
      return slot.index;
    };
    return { calls, chain, show };
  }

  it('is told when its buffer is free, once for each present', () => {
    const { calls, chain, show } = owing();
    const first = show('first');
    show('second');
    assert.deepEqual(calls, []);
    chain.released(first);
    assert.deepEqual(calls, ['first']);
    show('third');
    chain.released(1);
    assert.deepEqual(calls, ['first', 'second']);
  });

  it('is told of all where the device is lost, or nothing is shown any longer', () => {
    for (const end of ['lose', 'tellAll'] as const) {
      const { calls, chain, show } = owing();
      show('first');
      show('second');
      const client = chain.admit(() => undefined);
      for (const name of ['client', 'client again']) {
        chain.take(client);
        chain.owe(client, () => calls.push(name));
      }
      chain[end]();
      chain[end]();
      assert.deepEqual(calls.sort(), ['client', 'client again', 'first', 'second']);
    }
  });

  it('is told where its client’s buffer is dismissed while it is held', () => {
    const { calls, chain } = owing();
    const client = chain.admit(() => calls.push('idle'));
    chain.take(client);
    chain.owe(client, () => calls.push('released'));
    assert.equal(chain.isHeld(client), true);
    chain.dismiss(client);
    chain.released(client);
    assert.deepEqual(calls, ['released']);
  });
});
