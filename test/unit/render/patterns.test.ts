/** What all patterns promise: any size and stride, only changed pixels, errors before a write. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createPattern, patternNames, type PatternName, type Picture } from '../../../src/render/index.js';
import { drawn, frames, garbage, newPicture, shapes } from './pictures.js';

const visible = ['bars', 'counter'] as const;
const xByte = 0xff000000;

// A pattern writes 0 into the X byte; with the byte set beforehand, what was written shows.
function mark(picture: Picture): Uint32Array {
  for (const at of picture.pixels.keys()) picture.pixels[at]! |= xByte;
  return picture.pixels.slice();
}

function unmarked(pixels: Uint32Array): Uint32Array {
  return pixels.map((value) => value & 0xffffff);
}

/** One frame into one of four buffers, which is drawn in full where its contents are lost. */
const steps = fc.array(
  fc.record({
    buffer: fc.nat(3),
    skip: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 700 })),
    lost: fc.boolean(),
  }),
  { minLength: 8, maxLength: 24 },
);

for (const name of visible) {
  describe(`pattern ${name}`, () => {
    test('a swapchain drawn by age shows what full draws show, pixel by pixel', () => {
      fc.assert(
        fc.property(shapes, frames, steps, (shape, first, sequence) => {
          const pattern = createPattern(name);
          const buffers = [0, 1, 2, 3].map(() => ({ picture: newPicture(shape), frame: -1 }));
          let frame = first;
          for (const { buffer, skip, lost } of sequence) {
            const slot = buffers[buffer]!;
            const age = slot.frame < 0 || (lost && buffer === 0) ? 0 : frame - slot.frame;
            const before = mark(slot.picture);
            pattern.draw(slot.picture, frame, age);
            checkDrawn(slot.picture, before, drawn(name, shape, frame), age);
            slot.frame = frame;
            frame += skip;
          }
        }),
        { numRuns: 40 },
      );
    });

    test('a full draw writes every pixel and no padding', () => {
      fc.assert(
        fc.property(shapes, frames, (shape, frame) => {
          const picture = drawn(name, shape, frame);
          picture.pixels.forEach((value, at) => {
            if (at % picture.stridePixels >= shape.width) assert.equal(value, garbage, `padding at ${at}`);
            else assert.ok(value <= 0xffffff, `pixel ${at} is ${value.toString(16)}`);
          });
        }),
        { numRuns: 60 },
      );
    });

    test('the next frame differs from this one', () => {
      fc.assert(
        fc.property(shapes, frames, (shape, frame) => {
          assert.notDeepEqual(drawn(name, shape, frame).pixels, drawn(name, shape, frame + 1).pixels);
        }),
        { numRuns: 40 },
      );
    });

    test('a size below the minimum, a short buffer and a bad number are ERR_USAGE, and nothing is written', () => {
      const good = newPicture({ width: 64, height: 32, padding: 0 });
      createPattern(name).draw(good, 0, 0);
      good.pixels.fill(garbage);
      refuses(name, { ...good, width: 63 });
      refuses(name, { ...good, height: 31 });
      const roomy = newPicture({ width: 70, height: 40, padding: 0 });
      refuses(name, { ...roomy, width: 64.5 });
      refuses(name, { ...roomy, height: 32.5 });
      refuses(name, { ...roomy, stridePixels: 68.5, width: 64 });
      refuses(name, { ...good, stridePixels: 63 });
      refuses(name, { ...good, pixels: good.pixels.subarray(1) });
      for (const bad of [-1, 0.5, NaN, Infinity]) {
        refuses(name, good, bad, 0);
        refuses(name, good, 1, bad);
      }
    });

    test('the last row needs no padding', () => {
      const pixels = new Uint32Array(70 * 31 + 64);
      createPattern(name).draw({ width: 64, height: 32, stridePixels: 70, pixels }, 0, 0);
    });
  });
}

function checkDrawn(picture: Picture, before: Uint32Array, expected: Picture, age: number): void {
  assert.deepEqual(unmarked(picture.pixels), unmarked(expected.pixels));
  if (age === 0) return;
  picture.pixels.forEach((value, at) => {
    if (value !== before[at]) assert.notEqual(value, before[at]! & 0xffffff, `pixel ${at} is rewritten`);
  });
}

function refuses(name: PatternName, picture: Picture, frame = 0, age = 0): void {
  assert.throws(
    () => {
      createPattern(name).draw(picture, frame, age);
    },
    { code: 'ERR_USAGE' },
  );
  assert.ok(picture.pixels.every((value) => value === garbage));
}

test('none writes nothing, not even in the first frame', () => {
  const picture = newPicture({ width: 64, height: 32, padding: 3 });
  const none = createPattern('none');
  none.draw(picture, 0, 0);
  none.draw(picture, 4, 4);
  assert.ok(picture.pixels.every((value) => value === garbage));
});

test('a pattern knows its name, and an unknown name is ERR_USAGE with the choices', () => {
  assert.deepEqual(patternNames, ['bars', 'counter', 'none']);
  for (const name of patternNames) assert.equal(createPattern(name).name, name);
  for (const name of ['plaid', 'toString', '']) {
    assert.throws(() => createPattern(name as PatternName), { code: 'ERR_USAGE', advice: /bars, counter, none/ });
  }
});
