/** Pictures as other programs write them, and those that are refused, each with what to change. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import { PNG, type ColorType, type PNGOptions } from 'pngjs';
import { encodePng } from '../../../src/render/png.js';
import { readPng } from '../../../src/render/read-png.js';

const [width, height] = [23, 17];
/** Red, green, blue, alpha, with steep and gentle changes, so that each filter is chosen somewhere. */
const rgba = Uint8Array.from({ length: width * height * 4 }, (_, at) => (at * 7 + ((at * at) % 31) * (at >> 5)) & 0xff);

/** By libpng's likeness in JavaScript, with one filter for all rows, or the best of each. */
function written(colorType: ColorType, options: PNGOptions = {}): Buffer {
  const png = new PNG({ width, height });
  png.data.set(rgba);
  return PNG.sync.write(png, { colorType, inputHasAlpha: true, ...options });
}

const opaque = (index: number, alpha: number) => {
  const [red, green, blue] = [0, 1, 2].map((channel) => Math.round(((rgba[index * 4 + channel] ?? 0) * alpha) / 0xff));
  return ((0xff << 24) | ((red ?? 0) << 16) | ((green ?? 0) << 8) | (blue ?? 0)) >>> 0;
};

/** With a byte changed, and all checksums right. */
function patched(type: string, at: number, byte: number): Buffer {
  const bytes = written(2);
  const start = bytes.indexOf(type, 0, 'latin1');
  const end = start + 4 + bytes.readUInt32BE(start - 4);
  bytes[start + 4 + at] = byte;
  bytes.writeUInt32BE(crc32(bytes.subarray(start, end)), end);
  return bytes;
}

describe('a picture', () => {
  for (const filterType of [0, 1, 2, 3, 4, -1])
    it(`of red, green and blue, with alpha and without, filter ${filterType}`, () => {
      const [plain, through] = [readPng(written(2, { filterType })), readPng(written(6, { filterType }))];
      assert.deepEqual([plain.width, plain.height], [width, height]);
      for (let index = 0; index < width * height; index++) {
        assert.equal(through.pixels[index], opaque(index, rgba[index * 4 + 3] ?? 0));
        assert.equal(plain.pixels[index]! >>> 24, 0xff);
      }
    });

  it('of grey has three equal channels, its alpha on black', () => {
    const [grey, through] = [readPng(written(0)), readPng(written(4))];
    for (const { pixels } of [grey, through])
      for (const pixel of pixels) assert.equal(pixel & 0xffff, (pixel >> 8) & 0xffff);
    assert.notDeepEqual(grey.pixels, through.pixels);
  });

  it('that was written here comes back as it was', () => {
    const rgb = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 37) & 0xff);
    const { pixels } = readPng(encodePng({ width, height, rgb }));
    for (let index = 0; index < width * height; index++) {
      const [red = 0, green = 0, blue = 0] = rgb.subarray(index * 3);
      assert.equal(pixels[index], ((0xff << 24) | (red << 16) | (green << 8) | blue) >>> 0);
    }
  });

  const refused: readonly (readonly [what: string, bytes: () => Uint8Array, why: RegExp, advice: RegExp])[] = [
    ['a text', () => Buffer.from('no picture'), /does not begin as one does/, /convert it/],
    ['nothing', () => Buffer.alloc(0), /does not begin as one does/, /convert it/],
    ['half a file', () => written(2).subarray(0, 200), /ends too early/, /copy it again/],
    ['a flipped bit', () => written(2).map((byte, at) => (at === 70 ? byte ^ 1 : byte)), /checksum/, /copy it again/],
    ['16 bits a channel', () => patched('IHDR', 8, 16), /16 bits a channel/, /-depth 8/],
    ['a palette', () => patched('IHDR', 9, 3), /palette/, /png24/],
    ['interlaced rows', () => patched('IHDR', 12, 1), /interlaced/, /-interlace none/],
    ['no width', () => patched('IHDR', 3, 0), /header is wrong/, /save it again/],
    ['too many pixels', () => patched('IHDR', 2, 0x80), /pixels are too many/, /scale it/],
    ['more rows than it has', () => patched('IHDR', 7, height + 1), /too few pixels/, /copy it again/],
    ['fewer rows than it has', () => patched('IHDR', 7, height - 1), /cannot be unpacked/, /copy it again/],
  ];
  for (const [what, bytes, why, advice] of refused)
    it(`is not ${what}`, () => {
      assert.throws(
        () => readPng(bytes()),
        (error: Error & { code?: string; advice?: string }) => {
          assert.equal(error.code, 'ERR_USAGE');
          assert.match(error.message, why);
          assert.match(error.advice ?? '', advice);
          return true;
        },
      );
    });
});
