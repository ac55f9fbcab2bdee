/** The judge: right about what is whole, and about every way of not being so. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { judgeCapture, type Capture } from '../../../src/render/index.js';
import { captureOf, drawn, frames, setColour, shapes, withRowsOf } from './pictures.js';

const size = { width: 640, height: 480, padding: 0 };
const codeRows = 8;
const counter = (frame: number): Capture => captureOf(drawn('counter', size, frame));

describe('a whole capture', () => {
  test('is exact and has the frame number, modulo 2^32', () => {
    fc.assert(
      fc.property(shapes, frames, (shape, frame) => {
        const verdict = judgeCapture(captureOf(drawn('counter', shape, frame)));
        assert.deepEqual(verdict, { frame: frame % 2 ** 32, torn: false, exact: true, firstDifference: undefined });
      }),
      { numRuns: 60 },
    );
  });

  for (const [width, height] of [
    [64, 32],
    [1366, 768],
    [1920, 1080],
    [64, 8192],
    [8192, 32],
  ] as const) {
    test(`of ${width}x${height} is exact`, () => {
      const verdict = judgeCapture(captureOf(drawn('counter', { width, height, padding: 5 }, 123_456)));
      assert.deepEqual(verdict, { frame: 123_456, torn: false, exact: true, firstDifference: undefined });
    });
  }
});

describe('one wrong pixel', () => {
  test('is found wherever it is, and is not a tear', () => {
    fc.assert(
      fc.property(
        fc.nat(0xffff),
        fc.nat(size.width - 1),
        fc.nat(size.height - 1),
        fc.constantFrom(1, 0x100, 0x800000),
        (frame, x, y, flip) => {
          const capture = counter(frame);
          const expected = colourOf(capture, x, y);
          setColour(capture, x, y, expected ^ flip);
          const firstDifference = { x, y, expected, actual: expected ^ flip };
          assert.deepEqual(judgeCapture(capture), { frame, torn: false, exact: false, firstDifference });
        },
      ),
      { numRuns: 40 },
    );
  });

  // Frame 40 has its moving bar in columns 80 and 81; column 606 is where a cell of the codes is read.
  const places: [string, number, number][] = [
    ['in the first corner', 0, 0],
    ['in the last corner', size.width - 1, size.height - 1],
    ['in the moving bar', 81, 200],
    ...[0, 1, codeRows - 1, size.height - codeRows, size.height - 1].map((y): [string, number, number] => [
      `where a code is read in row ${y}`,
      606,
      y,
    ]),
  ];
  for (const [where, x, y] of places) {
    test(`is found ${where}, and is not a tear`, () => {
      const capture = counter(40);
      const expected = colourOf(capture, x, y);
      setColour(capture, x, y, expected ^ 0xffffff);
      const firstDifference = { x, y, expected, actual: expected ^ 0xffffff };
      assert.deepEqual(judgeCapture(capture), { frame: 40, torn: false, exact: false, firstDifference });
    });
  }

  test('is the first in reading order where there are several', () => {
    const capture = counter(7);
    for (const [x, y] of [
      [5, 300],
      [600, 299],
      [9, 301],
    ] as const)
      setColour(capture, x, y, 0x123456);
    const difference = judgeCapture(capture).firstDifference;
    assert.deepEqual({ x: difference?.x, y: difference?.y }, { x: 600, y: 299 });
  });
});

describe('a torn capture', () => {
  test('of two frames, at any row, is torn', () => {
    const rows = fc.integer({ min: 1, max: size.height - 1 });
    fc.assert(
      fc.property(fc.nat(0xffff), fc.integer({ min: 1, max: 100 }), fc.boolean(), rows, (frame, later, back, row) => {
        const other = back ? frame + 2 ** 20 - later : frame + later;
        const verdict = judgeCapture(withRowsOf(counter(frame), counter(other), row, size.height));
        assert.deepEqual([verdict.frame, verdict.torn, verdict.exact], [frame, true, false]);
        assert.ok((verdict.firstDifference?.y ?? -1) >= row);
      }),
      { numRuns: 30 },
    );
  });

  test('only in the middle is torn', () => {
    for (const [other, row] of [
      [39, 200],
      [41, codeRows],
      [44, size.height - codeRows - 1],
      [100, 240],
    ] as const) {
      const verdict = judgeCapture(withRowsOf(counter(40), counter(other), row, row + 1));
      assert.deepEqual([verdict.frame, verdict.torn, verdict.exact], [40, true, false]);
    }
  });

  test('only inside one code is torn', () => {
    for (const row of [codeRows - 1, size.height - 1]) {
      const verdict = judgeCapture(withRowsOf(counter(40), counter(41), row, row + 1));
      assert.deepEqual([verdict.frame, verdict.torn, verdict.exact], [40, true, false]);
    }
  });

  test('with one code unreadable is torn, and the other gives the number', () => {
    const black = { ...counter(0), rgb: new Uint8Array(size.width * size.height * 3) };
    for (const first of [0, size.height - codeRows]) {
      const verdict = judgeCapture(withRowsOf(counter(40), black, first, first + codeRows));
      assert.deepEqual([verdict.frame, verdict.torn, verdict.exact], [40, true, false]);
    }
  });
});

describe('a capture of something else', () => {
  const nothing = { frame: undefined, torn: false, exact: false, firstDifference: undefined };

  test('has no frame: black, colour bars, upside down, mirrored', () => {
    const whole = counter(0xa5);
    assert.deepEqual(judgeCapture({ ...whole, rgb: whole.rgb.map(() => 0) }), nothing);
    assert.deepEqual(judgeCapture(captureOf(drawn('bars', size, 3))), nothing);
    assert.deepEqual(judgeCapture(rearranged(whole, (x, y) => [x, size.height - 1 - y])), nothing);
    assert.deepEqual(judgeCapture(rearranged(whole, (x, y) => [size.width - 1 - x, y])), nothing);
  });

  test('with a wrong guard has no frame', () => {
    for (const cell of [0, 3, 44, 47]) {
      const capture = counter(0xa5);
      for (let y = 0; y < size.height; y++) {
        for (let x = Math.floor((cell * 640) / 48); x < ((cell + 1) * 640) / 48; x++)
          setColour(capture, x, y, colourOf(capture, x, y) ^ 0xffffff);
      }
      assert.deepEqual(judgeCapture(capture), nothing);
    }
  });

  test('with a dimmed code has no frame', () => {
    const whole = counter(0xa5);
    assert.deepEqual(judgeCapture({ ...whole, rgb: whole.rgb.map((value) => Math.min(value, 254)) }), nothing);
  });

  test('below the minimum size, or of a wrong length, is ERR_USAGE', () => {
    const rgb = new Uint8Array(63 * 32 * 3);
    assert.throws(() => judgeCapture({ width: 63, height: 32, rgb }), { code: 'ERR_USAGE' });
    assert.throws(() => judgeCapture({ ...counter(0), rgb }), { code: 'ERR_USAGE' });
  });
});

function colourOf({ width, rgb }: Capture, x: number, y: number): number {
  const at = (y * width + x) * 3;
  return Buffer.from(rgb.buffer, rgb.byteOffset).readUIntBE(at, 3);
}

function rearranged(capture: Capture, from: (x: number, y: number) => [number, number]): Capture {
  const result = { ...capture, rgb: new Uint8Array(capture.rgb.length) };
  for (let y = 0; y < capture.height; y++)
    for (let x = 0; x < capture.width; x++) setColour(result, x, y, colourOf(capture, ...from(x, y)));
  return result;
}
