/** The PPM reader: what ppm(5) allows, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judgeCapture, parsePpm } from '../../../src/render/index.js';
import { captureOf, drawn } from './pictures.js';

const ppm = (header: string, pixels: Uint8Array | number[]): Buffer =>
  Buffer.concat([Buffer.from(header, 'latin1'), Buffer.from(pixels)]);

test("QEMU's form is read, from any place in memory, and judged", () => {
  const { width, height, rgb } = captureOf(drawn('counter', { width: 200, height: 50, padding: 0 }, 99));
  const file = ppm(`P6\n${width} ${height}\n255\n`, rgb);
  const inside = Buffer.concat([Buffer.from('before'), file, Buffer.from('after')]).subarray(6, 6 + file.length);
  assert.deepEqual(parsePpm(inside).rgb, rgb);
  assert.equal(judgeCapture(parsePpm(inside)).exact, true);
});

for (const width of [65, 66, 67, 801, 1366])
  test(`rows of ${width} pixels that QEMU pads to whole words are read without the padding`, () => {
    const { height, rgb } = captureOf(drawn('counter', { width, height: 40, padding: 0 }, 7));
    const padded = Math.ceil((width * 3) / 4) * 4;
    const rows = Buffer.alloc(padded * height, 0x5a);
    for (let y = 0; y < height; y++) rows.set(rgb.subarray(y * width * 3, (y + 1) * width * 3), y * padded);
    const capture = parsePpm(ppm(`P6\n${width} ${height}\n255\n`, rows));
    assert.deepEqual(Buffer.compare(capture.rgb, rgb), 0);
    assert.deepEqual([judgeCapture(capture).exact, judgeCapture(capture).frame], [true, 7]);
  });

test('any white space and comments part the fields, and pixels may look like either', () => {
  const gaps = fc
    .array(fc.constantFrom(' ', '\t', '\n', '\r', '\v', '\f', '# 7 8 9\n', '#\n', '# P6\r'), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => parts.join(''));
  const pixels = fc.array(fc.oneof(fc.constantFrom(0x20, 0x0a, 0x23, 0x31), fc.nat(255)), {
    minLength: 6,
    maxLength: 6,
  });
  fc.assert(
    fc.property(gaps, gaps, gaps, fc.constantFrom(' ', '\n', '\t'), pixels, (a, b, c, last, bytes) => {
      const { width, height, rgb } = parsePpm(ppm(`P6${a}2${b}1${c}255${last}`, bytes));
      assert.deepEqual([width, height, [...rgb]], [2, 1, bytes]);
    }),
  );
});

const two = [1, 2, 3, 4, 5, 6];
const start = /does not start like/;
const bad: [what: string, data: Buffer, why: RegExp][] = [
  ['an empty file', ppm('', []), start],
  ['a text PPM', ppm('P3\n2 1\n255\n', two), start],
  ['a grey map', ppm('P5\n2 1\n255\n', two), start],
  ['a header that ends early', ppm('P6\n2 1\n', []), start],
  ['no space after P6', ppm('P62 1\n255\n', two), start],
  ['no white space after the maxval', ppm('P6\n2 1\n255', []), start],
  ['a negative size', ppm('P6\n-2 1\n255\n', two), start],
  ['a comment without an end', ppm('P6\n# 2 1 255 ', two), start],
  ['a width of 0', ppm('P6\n0 1\n255\n', []), /size is 0x1/],
  ['a height of 0', ppm('P6\n2 0\n255\n', []), /size is 2x0/],
  ['two bytes a sample', ppm('P6\n2 1\n65535\n', [...two, ...two]), /maxval is 65535, not 255/],
  ['another maxval', ppm('P6\n2 1\n254\n', two), /maxval is 254, not 255/],
  ['a short file', ppm('P6\n2 1\n255\n', two.slice(1)), /has 5 bytes of pixels, not 6/],
  ['a file with more after it', ppm('P6\n2 1\n255\n', [...two, 7]), /has 7 bytes of pixels, not 6/],
  [
    'padding of some other length',
    ppm('P6\n3 2\n255\n', [...two, ...two, ...two, ...two, ...two, 7]),
    /has 31 bytes of pixels, not 18/,
  ],
  [
    'padding to more than whole words',
    ppm('P6\n3 2\n255\n', [...two, ...two, ...two, ...two, ...two, 7, 8]),
    /has 32 bytes of pixels, not 18/,
  ],
  ['a size beyond all numbers', ppm(`P6\n${'9'.repeat(400)} 1\n255\n`, two), /has 6 bytes of pixels/],
];

for (const [what, data, message] of bad) {
  test(`${what} is ERR_CAPTURE`, () => {
    assert.throws(() => parsePpm(data), { name: 'GuestheadError', code: 'ERR_CAPTURE', message });
  });
}
