import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readXcursor } from '../../../src/kiosk/seat/xcursor.js';
import { words, xcursorFile, type Picture } from '../../support/xcursor-file.js';

const picture = (size: number, colour: number, more: Partial<Picture> = {}): Picture => ({
  size,
  width: 2,
  height: 3,
  hotX: 1,
  hotY: 2,
  colour,
  ...more,
});

/** The file with one word of it changed. */
function changed(file: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt32LE(value, at);
  return copy;
}

describe('an Xcursor file', () => {
  it('gives the picture whose size is the nearest, the first where it moves', () => {
    const file = xcursorFile([picture(24, 0xff000001), picture(48, 0xff000002), picture(48, 0xff000003)]);
    const firstPixel = (size: number) => readXcursor(file, size).pixels[0];
    assert.deepEqual(
      [1, 24, 35, 40, 500].map(firstPixel),
      [0xff000001, 0xff000001, 0xff000001, 0xff000002, 0xff000002],
    );
    const { width, height, hotX, hotY, pixels } = readXcursor(file, 24);
    assert.deepEqual([width, height, hotX, hotY, pixels.length], [2, 3, 1, 2, 6]);
  });

  it('is read where it begins in the middle of other bytes', () => {
    const file = Buffer.concat([Buffer.alloc(3), xcursorFile([picture(24, 7)])]).subarray(3);
    assert.equal(readXcursor(file, 24).pixels[5], 7);
  });

  const file = xcursorFile([picture(24, 1)]);
  const [count, position, header, type, width, hotX] = [12, 24, 28, 32, 44, 52];
  const hostile: [what: string, bytes: Uint8Array][] = [
    ['nothing', new Uint8Array()],
    ['another magic', changed(file, 0, 0x12345678)],
    ['a table beyond the end', changed(file, 4, 0xfffffff0)],
    ['too many entries', changed(file, count, 0xffffffff)],
    ['more entries than bytes', changed(file, count, 4000)],
    ['no picture', changed(file, 16, 0xfffe0001)],
    ['a picture beyond the end', changed(file, position, file.length - 10)],
    ['an entry that leads elsewhere', changed(file, position, 0)],
    ['a header that is too short', changed(file, header, 8)],
    ['a header beyond the end', changed(file, header, 0xfffffff0)],
    ['a chunk of another kind', changed(file, type, 0xfffe0001)],
    ['no width', changed(file, width, 0)],
    ['too much width', changed(file, width, 70_000)],
    ['a height beyond the end', changed(file, width + 4, 500)],
    ['a hotspot outside', changed(file, hotX, 100)],
    ['an end in the middle', file.subarray(0, file.length - 1)],
    ['a header alone', Buffer.concat([Buffer.from('Xcur'), words(16, 1, 0)])],
  ];
  for (const [what, bytes] of hostile)
    it(`is refused with ${what}`, () => {
      assert.throws(() => readXcursor(bytes, 24), RangeError);
    });

  it('is refused or read, whatever one of its bytes is', () => {
    for (let at = 0; at < 64; at++)
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
        const copy = Buffer.from(file);
        copy[at] = value;
        try {
          assert.ok(readXcursor(copy, 24).pixels.length <= 512 * 512);
        } catch (error) {
          assert.ok(error instanceof RangeError);
        }
      }
  });
});
