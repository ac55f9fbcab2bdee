/** Where things are in a picture, written down independently of the code that draws them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { crc8 } from '../../../src/render/crc8.js';
import { drawn, pixel } from './pictures.js';

const full = { width: 640, height: 480, padding: 0 };
const columns = [40, 120, 200, 280, 360, 440, 520, 600];
const colours = [0xbfbfbf, 0xbfbf00, 0x00bfbf, 0x00bf00, 0xbf00bf, 0xbf0000, 0x0000bf, 0x000000];

describe('colour bars', () => {
  test('are the eight of 75 %, over the whole height', () => {
    const picture = drawn('bars', full, 0);
    for (const y of [0, 240, 479])
      assert.deepEqual(
        columns.map((x) => pixel(picture, x, y)),
        colours,
      );
  });

  test('are behind the moving bar, a thirty-second of the width, one step a frame', () => {
    assert.deepEqual(whiteColumns(drawn('bars', full, 0), 200), { first: 0, last: 19, count: 20 });
    assert.deepEqual(whiteColumns(drawn('bars', full, 1), 0), { first: 2, last: 21, count: 20 });
    assert.deepEqual(whiteColumns(drawn('bars', full, 310), 479), { first: 620, last: 639, count: 20 });
    assert.deepEqual(whiteColumns(drawn('bars', full, 311), 479), { first: 0, last: 19, count: 20 });
  });
});

describe('counter', () => {
  test('has the documented cells above and below, and nothing of them in the middle', () => {
    const picture = drawn('counter', full, 0xc0ffee42);
    const data = (0xc0ffee42).toString(2) + remainder(0xc0ffee42).toString(2).padStart(8, '0');
    for (const y of [0, 7]) assert.equal(cells(picture, y), `1010${data}1101`);
    for (const y of [472, 479]) assert.equal(cells(picture, y), `0101${data}0010`);
    for (const y of [8, 471])
      assert.deepEqual(
        columns.map((x) => pixel(picture, x, y)),
        colours,
      );
  });

  test('has codes of a sixty-fourth of the height', () => {
    const picture = drawn('counter', { width: 64, height: 2160, padding: 0 }, 0);
    // Column 40 is a black cell of the codes and lies in the red bar.
    const column = Array.from({ length: 2160 }, (_, y) => pixel(picture, 40, y));
    assert.deepEqual([column.indexOf(0xbf0000), column.lastIndexOf(0xbf0000)], [33, 2160 - 34]);
  });

  test('has its moving bar from under the top code to above the bottom code', () => {
    const picture = drawn('counter', { ...full, width: 1280 }, 3);
    for (const y of [8, 240, 471]) assert.deepEqual(whiteColumns(picture, y), { first: 15, last: 19, count: 5 });
  });
});

describe('checksum', () => {
  test('is the remainder of the polynomial division', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
        assert.equal(crc8(value), remainder(value));
      }),
    );
  });

  test('tells up to three misread cells', () => {
    // A linear code: an error goes unseen only where it is itself a codeword.
    for (let a = 0; a < 32; a++)
      for (let b = a; b < 32; b++)
        for (let c = b; c < 32; c++) {
          const error = ((1 << a) | (1 << b) | (1 << c)) >>> 0;
          assert.ok(ones(error) + ones(crc8(error) ^ crc8(0)) > 3, error.toString(2));
        }
  });
});

function whiteColumns(picture: Parameters<typeof pixel>[0], y: number): { first: number; last: number; count: number } {
  const all = Array.from({ length: picture.width }, (_, x) => x).filter((x) => pixel(picture, x, y) === 0xffffff);
  return { first: all.at(0) ?? NaN, last: all.at(-1) ?? NaN, count: all.length };
}

function cells(picture: Parameters<typeof pixel>[0], y: number): string {
  const bits = Array.from({ length: 48 }, (_, cell) => {
    const first = pixel(picture, Math.floor((cell * picture.width) / 48), y);
    assert.equal(first, pixel(picture, Math.floor(((cell + 1) * picture.width) / 48) - 1, y), `cell ${cell}`);
    return first === 0xffffff ? '1' : first === 0 ? '0' : '?';
  });
  return bits.join('');
}

/** CRC-8 by long division, as the standard writes it. */
function remainder(value: number): number {
  let dividend = BigInt(value) << 8n;
  for (let bit = 39n; bit >= 8n; bit--) if ((dividend >> bit) & 1n) dividend ^= 0x107n << (bit - 8n);
  return Number(dividend) ^ 0x55;
}

function ones(value: number): number {
  return value.toString(2).replaceAll('0', '').length;
}
