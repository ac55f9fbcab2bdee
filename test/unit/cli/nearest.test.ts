import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { editDistance, nearest } from '../../../src/cli/nearest.js';

describe('the nearest name', () => {
  const names = ['update', 'presentMode', 'path', 'pattern', 'wait'];
  for (const [given, meant] of [
    ['updte', 'update'],
    ['Path', 'path'],
    ['paht', 'path'],
    ['presentModes', 'presentMode'],
    ['colour', undefined],
    ['x', undefined],
  ] as const)
    it(`to ${given} is ${meant ?? 'none'}`, () => assert.equal(nearest(given, names), meant));
});

describe('the edit distance', () => {
  it('counts letters put in, taken out, replaced and exchanged', () => {
    for (const [from, to, distance] of [
      ['', 'abc', 3],
      ['kitten', 'sitting', 3],
      ['ab', 'ba', 1],
      ['flip', 'flip', 0],
    ] as const)
      assert.equal(editDistance(from, to), distance, `${from} → ${to}`);
  });

  it('is the same both ways, and 0 for the same only', () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, (one, other) => {
        assert.equal(editDistance(one, other), editDistance(other, one));
        assert.equal(editDistance(one, other) === 0, one === other);
        assert.ok(editDistance(one, other) <= Math.max(one.length, other.length));
      }),
    );
  });
});
