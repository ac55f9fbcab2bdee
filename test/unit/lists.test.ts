import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { appended, takeOut } from '../../src/lists.js';

describe('short lists', () => {
  it('get an item at their end, an empty one as a new list', () => {
    const empty: number[] = [];
    const one = appended(empty, 1);
    assert.deepEqual([one, empty], [[1], []]);
    assert.deepEqual(appended<number>(undefined, 1), [1]);
    assert.deepEqual(appended(appended(one, 2), 3), [1, 2, 3]);
  });

  it('lose the first that is the item, and nothing where it is in none', () => {
    const list = [1, 2, 3, 2];
    takeOut(list, 2);
    assert.deepEqual(list, [1, 3, 2]);
    takeOut(list, 4);
    takeOut(list, 2);
    assert.deepEqual(list, [1, 3]);
    takeOut(list, 1);
    takeOut(list, 3);
    takeOut(list, 3);
    assert.deepEqual(list, []);
  });
});
