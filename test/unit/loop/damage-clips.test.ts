/** Damage as the kernel takes it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DamageClips } from '../../../src/loop/damage-clips.js';

const box = { x: 1, y: 2, width: 3, height: 4 };

describe('damage as clips', () => {
  it('is x1, y1, x2, y2 of each rectangle, and the same list for the same damage', () => {
    const clips = new DamageClips();
    const first = clips.of([box, { ...box, x: 10 }]);
    assert.deepEqual([...first], [1, 2, 4, 6, 10, 2, 13, 6]);
    assert.equal(clips.of([{ ...box }, { ...box, x: 10 }]), first);
    assert.deepEqual([...clips.of([])], []);
  });

  it('is another list for other damage, and the one before is as it was: it may wait for its commit', () => {
    const clips = new DamageClips();
    const first = clips.of([box]);
    for (const other of [
      { ...box, x: 0 },
      { ...box, y: 0 },
      { ...box, width: 9 },
      { ...box, height: 9 },
    ])
      assert.notEqual(clips.of([other]), first);
    assert.deepEqual([...first], [1, 2, 4, 6]);
  });

  it('refuses what is no part of a picture', () => {
    const clips = new DamageClips();
    for (const wrong of [{ x: -1 }, { y: 0.5 }, { width: -1 }, { height: NaN }, { x: Infinity }])
      assert.throws(() => clips.of([box, { ...box, ...wrong }]), { code: 'ERR_USAGE' });
  });
});
