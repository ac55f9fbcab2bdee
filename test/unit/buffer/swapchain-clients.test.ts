/** The callers' buffers in the chain. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Swapchain } from '../../../src/buffer/index.js';

const backbuffers = 4;

interface Step {
  readonly move: 'own' | 'guest' | 'give up' | 'flip' | 'fence' | 'late fence';
  readonly which: number;
}
const steps = fc.array(
  fc.record({
    move: fc.constantFrom<Step['move']>('own', 'guest', 'guest', 'give up', 'flip', 'flip', 'fence', 'late fence'),
    which: fc.nat(3),
  }),
  { maxLength: 120 },
);

/**
 * A head and a kernel around the chain: one frame ready, one commit under way, one buffer on
 * the screen, any number that drain, some of them more than once. Admits a guest when it is
 * first shown and dismisses it when it is idle.
 */
class Machine {
  readonly chain = new Swapchain(['a', 'b', 'c', 'd']);
  readonly places = new Map<number, number>();
  idle = 0;
  ready: number | undefined;
  queued: number | undefined;
  current: number | undefined;
  draining: number[] = [];

  step({ move, which }: Step): void {
    if (move === 'own' || move === 'guest') this.#draw(move === 'own' ? undefined : which);
    else if (move === 'give up') this.#giveUp(which);
    else if (move === 'flip') this.flip();
    else this.fence(move === 'fence' ? 0 : this.draining.length - 1);
    this.#commit();
    this.#check();
  }

  flip(): void {
    if (this.queued === undefined) return;
    const replaced = this.current;
    this.chain.flipped(this.queued);
    this.current = this.queued;
    this.queued = undefined;
    if (replaced !== undefined && replaced !== this.current) this.draining.push(replaced);
    this.#commit();
  }

  fence(at: number): void {
    const [slot] = this.draining.splice(at, 1);
    if (slot !== undefined) this.chain.released(slot);
  }

  /** Into a backbuffer, which a guest is then shown in place of. */
  #draw(guest: number | undefined): void {
    const slot = this.ready === undefined ? this.chain.acquire() : undefined;
    if (slot === undefined) return;
    this.ready = slot.index;
    if (guest === undefined) return;
    this.ready = this.#placeOf(guest);
    this.chain.take(this.ready);
    this.chain.cancel(slot.index);
  }

  #placeOf(guest: number): number {
    const known = this.places.get(guest);
    if (known !== undefined) return known;
    const place = this.chain.admit(() => {
      this.idle++;
      this.places.delete(guest);
      this.chain.dismiss(place);
    });
    this.places.set(guest, place);
    return place;
  }

  #giveUp(which: number): void {
    if (this.ready === undefined) return;
    if (which % 2 === 0) this.chain.cancel(this.ready);
    else this.chain.drop(this.ready);
    this.ready = undefined;
  }

  #commit(): void {
    if (this.ready === undefined || this.queued !== undefined) return;
    this.chain.submit(this.ready);
    this.queued = this.ready;
    this.ready = undefined;
  }

  /** A guest has a place as long as anything holds it; a backbuffer is free only when nothing does. */
  #check(): void {
    const held = new Set([this.ready, this.queued, this.current, ...this.draining]);
    for (const place of this.places.values()) assert.ok(held.has(place), `place ${place} is held by nothing`);
    const shown = new Set(this.places.values());
    for (const slot of held) if (slot !== undefined && slot >= backbuffers) assert.ok(shown.has(slot), `lost ${slot}`);
    assert.equal(shown.size, this.places.size, 'two guests share a place');
    for (const { index, state } of this.chain.slots)
      assert.equal(state === 'free', !held.has(index), `buffer ${index}`);
  }
}

/** Everything is shown, replaced and read to its end; a frame of our own stays on the screen. */
function drain(machine: Machine): void {
  const settle = () => {
    for (let i = 0; i < 3; i++) machine.flip();
    while (machine.draining.length > 0) machine.fence(0);
  };
  settle();
  machine.step({ move: 'own', which: 0 });
  settle();
}

describe('a swapchain with guests', () => {
  it('holds each as long as anything shows or reads it, in whatever order', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const machine = new Machine();
        for (const step of sequence) machine.step(step);
        drain(machine);
        assert.equal(machine.places.size, 0);
        assert.deepEqual(machine.chain.counts(), { free: 3, drawing: 0, queued: 0, current: 1, draining: 0, lost: 0 });
        assert.equal(
          machine.chain.admit(() => undefined),
          backbuffers,
          'places are taken again',
        );
      }),
      { numRuns: 500 },
    );
  });

  it('tells that one is idle once for each time it was', () => {
    const chain = new Swapchain(['a', 'b']);
    let idle = 0;
    const place = chain.admit(() => idle++);
    for (let i = 1; i <= 3; i++) {
      chain.take(place);
      chain.take(place);
      chain.cancel(place);
      assert.equal(idle, i - 1);
      chain.drop(place);
      assert.equal(idle, i);
    }
    chain.released(place);
    assert.equal(idle, 3, 'a fence too many is of nobody');
  });

  it('calls nobody whose place was given up, or whose device was lost', () => {
    const calls: string[] = [];
    const chain = new Swapchain(['a', 'b']);
    const given = chain.admit(() => calls.push('given up'));
    const lost = chain.admit(() => calls.push('lost'));
    for (const place of [given, lost]) chain.take(place);
    chain.dismiss(given);
    chain.cancel(given);
    chain.lose();
    chain.cancel(lost);
    assert.deepEqual(calls, []);
  });

  it('drains no place that was given up on the screen', () => {
    const chain = new Swapchain(['a', 'b']);
    let idle = 0;
    const place = chain.admit(() => idle++);
    chain.take(place);
    chain.flipped(place);
    chain.dismiss(place);
    const next = chain.admit(() => idle++);
    assert.equal(next, place);
    chain.take(next);
    chain.flipped(next);
    assert.equal(idle, 0, 'the new one does not count as shown again');
  });

  it('takes only what was admitted', () => {
    const chain = new Swapchain(['a', 'b']);
    for (const place of [2, 63, 64])
      assert.throws(
        () => {
          chain.take(place);
        },
        { code: 'ERR_USAGE' },
      );
  });

  it('has 64 places, the backbuffers’ included, and says what to do about it', () => {
    for (const count of [2, 16]) {
      const chain = new Swapchain(Array.from({ length: count }, () => 'a'));
      const places = Array.from({ length: 64 - count }, () => chain.admit(() => undefined));
      assert.deepEqual([places[0], places.at(-1)], [count, 63]);
      assert.throws(() => chain.admit(() => undefined), { code: 'ERR_USAGE', advice: /close imported buffers/ });
      chain.dismiss(40);
      assert.equal(
        chain.admit(() => undefined),
        40,
      );
    }
  });
});
