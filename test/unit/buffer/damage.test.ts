import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Damage } from '../../../src/buffer/damage.js';

function rectangles(damage: Damage): number[][] {
  const { count } = damage;
  return Array.from({ length: count }, (_, i) => [...damage.rectangles.subarray(4 * i, 4 * i + 4)]);
}

describe('damage', () => {
  it('is the whole picture when nothing is said', () => {
    const damage = new Damage(64, 32);
    assert.deepEqual(rectangles(damage), [[0, 0, 64, 32]]);
    damage.add(1, 2, 3, 4);
    damage.clear();
    assert.deepEqual(rectangles(damage), [[0, 0, 64, 32]]);
  });

  it('keeps what lies inside the picture, and only that', () => {
    const number = fc.integer({ min: -100, max: 200 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number, number, fc.nat(200), fc.nat(200)), { minLength: 1, maxLength: 200 }),
        (added) => {
          const damage = new Damage(64, 32);
          const painted = new Set<number>();
          for (const [x, y, width, height] of added) {
            damage.add(x, y, width, height);
            for (let row = Math.max(0, y); row < Math.min(32, y + height); row++)
              for (let column = Math.max(0, x); column < Math.min(64, x + width); column++)
                painted.add(row * 64 + column);
          }
          const kept = new Set<number>();
          for (const [x = 0, y = 0, width = 0, height = 0] of rectangles(damage)) {
            assert.ok(x + width <= 64 && y + height <= 32);
            for (let row = y; row < y + height; row++)
              for (let column = x; column < x + width; column++) kept.add(row * 64 + column);
          }
          for (const pixel of painted) assert.ok(kept.has(pixel), 'a changed pixel would not be copied');
          if (added.length <= 128) assert.equal(kept.size, painted.size);
        },
      ),
    );
  });
});
