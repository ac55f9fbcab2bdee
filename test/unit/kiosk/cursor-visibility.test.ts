import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { CursorVisibility, type CursorMode } from '../../../src/kiosk/seat/cursor-visibility.js';
import { HandClock } from '../../support/loop-rig.js';

let clock: HandClock;
let changes: boolean[];

beforeEach(() => {
  clock = new HandClock();
  changes = [];
});

function opened(mode: CursorMode): CursorVisibility {
  const visibility: CursorVisibility = new CursorVisibility(mode, clock, () => changes.push(visibility.visible));
  return visibility;
}

describe('the cursor', () => {
  it('is hidden until it is moved, and again by a finger', () => {
    const cursor = opened('auto');
    assert.equal(cursor.visible, false);
    cursor.used();
    cursor.used();
    cursor.touched();
    cursor.touched();
    cursor.used();
    assert.deepEqual(changes, [true, false, true]);
  });

  it('is hidden after three idle seconds, each use counting anew', () => {
    const cursor = opened('auto');
    cursor.used();
    clock.advance(2999);
    cursor.used();
    clock.advance(2999);
    assert.equal(cursor.visible, true);
    clock.advance(1);
    assert.deepEqual(changes, [true, false]);
  });

  it('is hidden after the seconds that were asked for', () => {
    const cursor = opened(0.5);
    cursor.used();
    clock.advance(499);
    assert.equal(cursor.visible, true);
    clock.advance(1);
    assert.equal(cursor.visible, false);
  });

  for (const [mode, visible] of [
    ['always', true],
    ['never', false],
  ] as const)
    it(`${visible ? 'stays' : 'never comes'} with “${mode}”`, () => {
      const cursor = opened(mode);
      cursor.used();
      cursor.touched();
      clock.advance(10_000);
      assert.equal(cursor.visible, visible);
      assert.deepEqual(changes, []);
    });

  it('is not changed any more once it is closed', () => {
    const cursor = opened('auto');
    cursor.used();
    cursor.close();
    clock.advance(10_000);
    assert.deepEqual(changes, [true]);
  });
});
