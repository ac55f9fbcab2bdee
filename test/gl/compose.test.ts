/** What `compose` draws, against a reference on the CPU: within one level a channel. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { filters, transforms, alphaModes } from '../../src/gl/scene.js';
import { openBench, type Bench } from './support/bench.js';
import { combinations } from './support/combinations.js';
import { check } from './support/drawing.js';
import { waves } from './support/raster.js';
import type { Drawing } from './support/reference.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.close());

it('says where it draws', (test) => {
  const { renderer, glVersion } = bench.gl.info;
  assert.notEqual(renderer, '');
  test.diagnostic(`drawn by ${renderer}, ${glVersion}, into ${bench.targets}`);
});

describe('a picture', () => {
  for (const transform of transforms)
    for (const filter of filters)
      it(`${transform}, ${filter}: with each kind of alpha, each opacity, at each place`, async () => {
        const chosen = combinations.filter(({ name }) => name.startsWith(`${transform}, ${filter},`));
        assert.equal(chosen.length, alphaModes.length * 2 * 4);
        for (const { target, drawing } of chosen) await check(bench, target, [drawing]);
      });
});

describe('colours', () => {
  const size = { width: 13, height: 11 };
  const to = { x: 2.25, y: 3.125, width: 7.5, height: 4.75 };

  it('cover the pixels whose centres they hold', () =>
    check(bench, size, [{ colour: [1, 0.5, 0.25, 1], to }], { background: [0, 0, 0, 1] }));

  it('mix by their alpha, which they are multiplied with already, and by their opacity', () =>
    check(bench, size, [{ colour: [0.5, 0.25, 0, 0.5], to, opacity: 0.4 }]));

  it('leave a transparent background as it is', () => check(bench, size, [], { background: [0, 0, 0, 0] }));

  it('outside of the target draw nothing', () =>
    check(bench, size, [{ colour: [1, 1, 1, 1], to: { x: 13, y: 0, width: 5, height: 5 } }]));

  it('of no size draw nothing', () =>
    check(bench, size, [{ colour: [1, 1, 1, 1], to: { x: 3.25, y: 3.25, width: 0, height: 5 } }]));
});

describe('several layers', () => {
  const [first, second] = [waves(9, 21, 3), waves(31, 7, 4, false)];
  const stack: Drawing[] = [
    { raster: first, to: { x: 1.25, y: 2.25, width: 20, height: 17 }, transform: '90' },
    { colour: [0.3, 0.1, 0.2, 0.4], to: { x: 5, y: 0, width: 9, height: 40 } },
    { raster: second, to: { x: -4, y: 8.75, width: 40, height: 9 }, alpha: 'straight', transform: 'flipped-180' },
    { raster: second, to: { x: 12, y: 3, width: 14, height: 6 }, alpha: 'opaque', filter: 'nearest', transform: '180' },
    { raster: first, to: { x: 10, y: 12, width: 20, height: 12 }, opacity: 0.5, transform: 'flipped-270' },
  ];

  it('lie over each other in their order', () => check(bench, { width: 29, height: 23 }, stack));
  it('lie over each other in the other order', () => check(bench, { width: 29, height: 23 }, stack.toReversed()));
});
