import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fitted, shrunk, turned, type CursorImage } from '../../../src/kiosk/seat/cursor-image.js';

const image = (width: number, height: number, pixels: number[]): CursorImage => ({
  pixels: Uint32Array.from(pixels),
  width,
  height,
  hotX: width - 1,
  hotY: 0,
});

describe('a cursor’s picture', () => {
  it('is made smaller by the mean of its pixels, the transparent ones among them', () => {
    const small = shrunk(image(4, 2, [0xff000000, 0xff0000ff, 0, 0, 0xff000000, 0xff0000ff, 0xff800000, 0]), 0.5);
    assert.deepEqual([small.width, small.height, small.hotX], [2, 1, 1]);
    assert.deepEqual([...small.pixels], [0xff000080, 0x40200000]);
  });

  it('is turned as the head is, with what points', () => {
    const rows = image(3, 2, [1, 2, 3, 4, 5, 6]); // points at the 3
    const { clockwise, half } = { clockwise: turned(rows, 1), half: turned(rows, 2) };
    for (const each of [clockwise, half]) assert.equal(each.pixels[each.hotY * each.width + each.hotX], 3);
    assert.deepEqual([clockwise.width, clockwise.height], [2, 3]);
    assert.deepEqual([...half.pixels], [6, 5, 4, 3, 2, 1]);
    assert.deepEqual([...turned(rows, 4).pixels], [3, 2, 1, 6, 5, 4]);
    for (let transform = 0; transform < 8; transform++)
      assert.deepEqual([...turned(rows, transform).pixels].sort(), [1, 2, 3, 4, 5, 6]);
  });

  it('stays as it is where it fits', () => {
    const small = image(3, 2, [1, 2, 3, 4, 5, 6]);
    assert.equal(fitted(small, 64), small);
  });

  it('fits, whatever its shape', () => {
    for (const [width, height] of [
      [65, 64],
      [1, 4096],
      [4096, 3],
      [129, 97],
    ] as const) {
      const white = image(
        width,
        height,
        Array.from({ length: width * height }, () => 0xffffffff),
      );
      const small = fitted(white, 64);
      assert.equal(Math.max(small.width, small.height), 64);
      assert.ok(small.pixels.every((pixel) => pixel === 0xffffffff));
    }
  });
});
