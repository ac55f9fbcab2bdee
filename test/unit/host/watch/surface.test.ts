/** Pictures in memory, of any sizes and parts that may come over a socket. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pixmanFormat } from '../../../../src/host/watch/pixel-format.js';
import { Pictures } from '../../../../src/host/watch/surface.js';
import { GuestheadError } from '../../../../src/errors.js';
import { rgbOf } from '../../../../src/sinks/index.js';

const x8r8g8b8 = pixmanFormat(0x20020888) ?? assert.fail();

/** Each byte of the picture is `value`. */
function filled(width: number, height: number, value: number) {
  const layout = { width, height, stride: width * 4, format: x8r8g8b8 };
  return { layout, pixels: new Uint8Array(width * height * 4).fill(value) };
}

const side = fc.integer({ min: 1, max: 12 });
const rectangle = fc.record({
  x: fc.nat(8),
  y: fc.nat(8),
  width: side,
  height: side,
  value: fc.integer({ min: 1, max: 255 }),
});

describe('a picture of parts', () => {
  it('has each pixel from the last part that covered it, and black where none did', () => {
    fc.assert(
      fc.property(fc.array(rectangle, { minLength: 1, maxLength: 8 }), (parts) => {
        const first = filled(3, 2, 200);
        const pictures = new Pictures(first.layout, first.pixels);
        const whole = [{ x: 0, y: 0, width: 3, height: 2, value: 200 }, ...parts];
        for (const { x, y, width, height, value } of parts) {
          const { layout, pixels } = filled(width, height, value);
          pictures.update(x, y, layout, pixels);
        }
        const { width, height } = pictures.layout;
        const rgb = pictures.read(rgbOf);
        assert.equal(width, Math.max(...whole.map((part) => part.x + part.width)));
        assert.equal(height, Math.max(...whole.map((part) => part.y + part.height)));
        for (let at = 0; at < width * height; at++) {
          const [column, row] = [at % width, Math.floor(at / width)];
          const covers = (part: (typeof whole)[number]) =>
            column >= part.x && column < part.x + part.width && row >= part.y && row < part.y + part.height;
          assert.equal(rgb[at * 3 + 1], whole.findLast(covers)?.value ?? 0, `${column},${row}`);
        }
      }),
    );
  });

  it('is refused, or fits what is there, whatever the numbers', () => {
    const any = fc.oneof(fc.nat(70), fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }));
    fc.assert(
      fc.property(any, any, any, fc.nat(20_000), (width, height, stride, bytes) => {
        try {
          const pictures = new Pictures({ width, height, stride, format: x8r8g8b8 }, new Uint8Array(bytes));
          assert.equal(pictures.read(rgbOf).length, width * height * 3);
          assert.ok(stride * (height - 1) + width * 4 <= bytes);
        } catch (error) {
          assert.ok(error instanceof GuestheadError && error.code === 'ERR_QEMU', String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
