/** What is hidden is not drawn, and what is not damaged is left alone: the picture is the reference's all the same. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Rectangle } from '../../src/buffer/index.js';
import type { GlPicture } from '../../src/gl/index.js';
import { seedOf } from '../support/random.js';
import { colour, drawing, drawings, place, rectangle, size } from './support/arbitrary.js';
import { openBench, rasterOf, type Bench } from './support/bench.js';
import { assertSame, firstDifference } from './support/compare.js';
import { draw, Pictures } from './support/drawing.js';
import { drawn, type Drawing } from './support/reference.js';

let bench: Bench;
let pictures: Pictures;
let target: GlPicture;
const background = [0.2, 0.4, 0.6, 0.8] as const; // whole levels
const seed = seedOf();
before(async () => {
  bench = await openBench();
  pictures = new Pictures(bench);
  target = await bench.target(size.width, size.height);
});
after(() => bench.close());

/** Green before, so that a pixel that should be drawn and is not shows. */
async function green() {
  await bench.gl.compose(target, { layers: [], background: [0, 1, 0, 1] });
  return rasterOf(bench.gl, target);
}

async function isAsReference(scene: readonly Drawing[], damage?: readonly Rectangle[]): Promise<void> {
  const part = damage === undefined ? { background } : { background, damage };
  const before = await green();
  const actual = await draw(bench, target, pictures, scene, part);
  const expected = drawn(before, scene, part);
  assert.equal(firstDifference(actual, expected, expected), undefined);
}

describe('culling', () => {
  it('shows: any scene is drawn as the reference draws it', () =>
    fc.assert(
      fc.asyncProperty(drawings, (scene) => isAsReference(scene)),
      { seed, numRuns: 150 },
    ));

  it('and damage show: any part of any scene', () =>
    fc.assert(fc.asyncProperty(drawings, fc.array(rectangle, { maxLength: 16 }), isAsReference), {
      seed,
      numRuns: 150,
    }));

  it('gives up where a hundred opaque layers would cut the target into crumbs', () => {
    const crumbs = Array.from({ length: 100 }, (_, index): Drawing => {
      const to = { x: (index * 7) % 29, y: (index * 5) % 21, width: 2, height: 2 };
      return { colour: [index / 100, 0, 1 - index / 100, 1], to };
    });
    return isAsReference(crumbs);
  });

  it('shows: rectangles of one colour are drawn as so many layers', () =>
    fc.assert(
      fc.asyncProperty(drawings, colour, fc.array(place, { maxLength: 8 }), async (below, look, boxes) => {
        const apart = [...below, ...boxes.map((to) => ({ ...look, to }))];
        const expected = await draw(bench, target, pictures, apart, { background });
        await green();
        const layers = await Promise.all(below.map((each) => pictures.layerOf(each)));
        await bench.gl.compose(target, { layers: [...layers, { ...look, to: boxes }], background, fence: 'finish' });
        assertSame(await rasterOf(bench.gl, target), expected);
      }),
      { seed, numRuns: 100 },
    ));

  it('draws each pixel of overlapping damage once', () =>
    isAsReference(
      [{ colour: [0.2, 0.2, 0.2, 0.4], to: { x: 0, y: 0, ...size } }],
      [
        { x: 2, y: 2, width: 10, height: 10 },
        { x: 6, y: 6, width: 10, height: 10 },
        { x: 2, y: 2, width: 10, height: 10 },
      ],
    ));
});

describe('damage', () => {
  it('of more than 16 rectangles is drawn as one around them', async () => {
    const damage = Array.from({ length: 17 }, (_, index) => ({
      x: 2 + index,
      y: 3 + (index % 5),
      width: 1,
      height: 1,
    }));
    const scene: Drawing[] = [{ colour: [1, 0, 0, 1], to: { x: 0, y: 0, ...size } }];
    const expected = drawn(await green(), scene, { damage: [{ x: 2, y: 3, width: 17, height: 5 }] });
    assertSame(await draw(bench, target, pictures, scene, { damage }), expected);
  });

  it('of 16 rectangles is drawn as it is', async () => {
    const damage = Array.from({ length: 16 }, (_, index) => ({
      x: 2 + index,
      y: 3 + (index % 5),
      width: 1,
      height: 1,
    }));
    const scene: Drawing[] = [{ colour: [1, 0, 0, 1], to: { x: 0, y: 0, ...size } }];
    const expected = drawn(await green(), scene, { damage });
    assertSame(await draw(bench, target, pictures, scene, { damage }), expected);
  });

  it('of nothing draws nothing', async () => {
    const before = await green();
    assertSame(await draw(bench, target, pictures, [], { damage: [] }), before);
  });

  it('leaves every byte outside of it, and draws the rest as a full redraw does', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(drawing, { maxLength: 5 }),
        fc.array(rectangle, { maxLength: 16 }),
        async (scene, damage) => {
          const full = await draw(bench, target, pictures, scene, { background });
          const before = await green();
          const actual = await draw(bench, target, pictures, scene, { background, damage });
          const holds = (x: number, y: number) =>
            damage.some((each) => x >= each.x && x < each.x + each.width && y >= each.y && y < each.y + each.height);
          const rgba = full.rgba.map((level, at) => {
            const pixel = at >> 2;
            return holds(pixel % size.width, Math.floor(pixel / size.width)) ? level : before.rgba[at]!;
          });
          assertSame(actual, { ...full, rgba });
        },
      ),
      { seed, numRuns: 100 },
    ));
});
