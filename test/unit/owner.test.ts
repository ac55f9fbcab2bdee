import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Owner } from '../../src/owner.js';

describe('an owner', () => {
  it('closes in reverse order, once', () => {
    const closed: string[] = [];
    const owner = new Owner();
    for (const name of ['a', 'b', 'c']) owner.own(name, (thing) => closed.push(thing));
    owner.close();
    owner.close();
    assert.deepEqual(closed, ['c', 'b', 'a']);
  });

  it('closes the rest when one fails to close, then throws that failure', () => {
    const closed: string[] = [];
    const owner = new Owner();
    owner.own('a', (thing) => closed.push(thing));
    owner.own('b', () => {
      throw new Error('stuck');
    });
    owner.own('c', (thing) => closed.push(thing));
    assert.throws(() => owner.close(), /stuck/);
    assert.deepEqual(closed, ['c', 'a']);
  });

  it('closes what was opened before a failure, and passes that failure on', () => {
    const closed: string[] = [];
    const owner = new Owner();
    assert.throws(
      () =>
        owner.guard(() => {
          owner.own('a', (thing) => closed.push(thing));
          throw new Error('half-way');
        }),
      /half-way/,
    );
    assert.deepEqual(closed, ['a']);
  });
});
