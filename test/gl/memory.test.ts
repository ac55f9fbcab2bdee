/** Pictures in memory: their formats, and which part of them is uploaded. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { GlPicture, MemoryPicture } from '../../src/gl/index.js';
import { inMemory, openBench, rasterOf, type Bench } from './support/bench.js';
import { assertClose, assertSame } from './support/compare.js';
import { drawn } from './support/reference.js';
import { waves, type Raster } from './support/raster.js';

let bench: Bench;
let target: GlPicture;
const [width, height] = [19, 11];
const all = { x: 0, y: 0, width, height };
const blank: Raster = { width, height, rgba: new Uint8Array(width * height * 4) };
before(async () => {
  bench = await openBench();
  target = await bench.target(width, height);
});
after(() => bench.close());
const made: MemoryPicture[] = [];
afterEach(() => {
  for (const picture of made.splice(0)) picture.close();
});

/** Read back as it lies there: nothing is mixed, nothing filtered. */
async function shown(picture: MemoryPicture): Promise<Raster> {
  const { fence } = await bench.gl.compose(target, {
    layers: [{ picture, to: all, filter: 'nearest' }],
    background: [0, 0, 0, 0],
  });
  fence?.close();
  return rasterOf(bench.gl, target);
}

describe('the formats', () => {
  const raster = waves(width, height, 11);

  for (const format of ['ARGB8888', 'ABGR8888'] as const)
    it(`${format} has its channels in their places`, async () => {
      const picture = await inMemory(bench.gl, raster, format);
      made.push(picture);
      assertClose(
        await shown(picture),
        drawn(blank, [{ raster, to: all, filter: 'nearest' }], { background: [0, 0, 0, 0] }),
      );
    });

  it('XRGB8888 is ARGB8888 whose alpha says nothing', async () => {
    const picture = await inMemory(bench.gl, waves(width, height, 12, false));
    made.push(picture);
    picture.pixels.forEach((pixel, index) => (picture.pixels[index] = pixel & 0xffffff));
    picture.damaged(0, 0, width, height);
    await bench.gl.compose(target, { layers: [{ picture, to: all, alpha: 'opaque' }], background: [1, 1, 1, 1] });
    const { rgba } = waves(width, height, 12, false);
    assertSame(await rasterOf(bench.gl, target), {
      ...blank,
      rgba: rgba.map((level, at) => (at % 4 === 3 ? 255 : level)),
    });
  });
});

describe('the upload', () => {
  async function filled(value: number): Promise<MemoryPicture> {
    const picture = await bench.gl.createPicture(width, height);
    made.push(picture);
    picture.pixels.fill(value);
    return picture;
  }

  /** The lowest byte of each pixel: its blue. */
  const blues = ({ rgba }: Raster) => Array.from({ length: width * height }, (_, pixel) => rgba[pixel * 4 + 2]);

  it('is of all at the first drawing, whatever was said', async () => {
    const picture = await filled(0xff000010);
    picture.damaged(0, 0, 1, 1);
    assert.ok(blues(await shown(picture)).every((blue) => blue === 0x10));
  });

  it('is of nothing where nothing was said, though all was written', async () => {
    const picture = await filled(0xff000010);
    await shown(picture);
    picture.pixels.fill(0xff000020);
    assert.ok(blues(await shown(picture)).every((blue) => blue === 0x10));
  });

  it('is of the damaged parts only, each drawing once', async () => {
    const picture = await filled(0xff000010);
    await shown(picture);
    picture.pixels.fill(0xff000020);
    picture.damaged(3, 2, 5, 4);
    picture.damaged(10, 9, 100, 100); // cut at the picture's edge
    picture.damaged(-5, -5, 6, 6);
    const isDamaged = (x: number, y: number) =>
      (x >= 3 && x < 8 && y >= 2 && y < 6) || (x >= 10 && y >= 9) || (x < 1 && y < 1);
    const expected = Array.from({ length: width * height }, (_, pixel) =>
      isDamaged(pixel % width, Math.floor(pixel / width)) ? 0x20 : 0x10,
    );
    assert.deepEqual(blues(await shown(picture)), expected);
    picture.pixels.fill(0xff000030);
    assert.deepEqual(blues(await shown(picture)), expected, 'what was said has been done');
  });

  it('of many rectangles is of one around them', async () => {
    const picture = await filled(0xff000010);
    await shown(picture);
    picture.pixels.fill(0xff000020);
    for (let index = 0; index < 5000; index++) picture.damaged(2 + (index % 9), 3, 1, 1);
    assert.ok(picture.damage.length <= 16);
    const blue = blues(await shown(picture));
    for (let x = 2; x < 11; x++) assert.equal(blue[3 * width + x], 0x20);
    assert.equal(blue.filter((each) => each === 0x20).length, 9);
  });

  it('comes before the drawing, once for a picture that is drawn twice', async () => {
    const picture = await filled(0xff000010);
    await shown(picture);
    picture.pixels.fill(0xff000040);
    picture.damaged(0, 0, width, height);
    const halves = [0, 10].map((x) => ({ picture, to: { x, y: 0, width: 10, height } }));
    await bench.gl.compose(target, { layers: halves });
    assert.ok(blues(await rasterOf(bench.gl, target)).every((blue) => blue === 0x40));
    assert.equal(picture.damage.length, 0);
  });

  it('is not lost where the scene is refused', async () => {
    const picture = await filled(0xff000010);
    await shown(picture);
    picture.pixels.fill(0xff000050);
    picture.damaged(0, 0, width, height);
    const refused = { layers: [{ picture, to: all, opacity: 2 }] };
    assert.throws(() => bench.gl.compose(target, refused), { code: 'ERR_USAGE' });
    assert.ok(blues(await shown(picture)).every((blue) => blue === 0x50));
  });
});
