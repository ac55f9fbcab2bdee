/** When a client is asked for its next frame: once the buffers before are its own again. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReleaseOrder } from '../../../src/kiosk/release-order.js';

function open() {
  const order = new ReleaseOrder();
  const told: string[] = [];
  /** `content` is presented, and shown at once: what is told then waits for what was held before. */
  const show = (content: string) => {
    const before = order.heldBefore(content);
    const release = order.hold(content);
    order.after(before, () => told.push(content));
    return release;
  };
  return { order, told, show };
}

describe('the order of releases', () => {
  it('tells at once where nothing is held, and else when all that was held before is released', () => {
    const { told, show } = open();
    const first = show('a');
    assert.deepEqual(told, ['a']);
    const second = show('b');
    show('c');
    assert.deepEqual(told, ['a']);
    first();
    assert.deepEqual(told, ['a', 'b']);
    second();
    assert.deepEqual(told, ['a', 'b', 'c']);
  });

  it('does not wait for the content itself, which may be on the screen already, nor for what comes after', () => {
    const { told, show } = open();
    show('a');
    show('a');
    assert.deepEqual(told, ['a', 'a']);
    const last = show('b');
    show('c');
    last();
    assert.deepEqual(told, ['a', 'a'], 'both of the first are held');
  });

  it('takes a second release of the same for none', () => {
    const { told, show } = open();
    const first = show('a');
    first();
    first();
    const second = show('b');
    second();
    assert.deepEqual(told, ['a', 'b']);
  });

  it('lets what is told present again', () => {
    const { order, told, show } = open();
    const first = show('a');
    const before = order.heldBefore('b');
    order.after(before, () => {
      show('d');
      told.push('b');
    });
    first();
    assert.deepEqual(told, ['a', 'd', 'b']);
  });
});
