/** Scenes for fast-check: mostly a few large things over each other, many of them opaque. */
import fc from 'fast-check';
import type { Rectangle } from '../../../src/buffer/index.js';
import type { Box } from '../../../src/gl/index.js';
import { alphaModes, filters, transforms } from '../../../src/gl/scene.js';
import { waves } from './raster.js';
import type { Drawing, DrawnColour } from './reference.js';

export const size = { width: 31, height: 23 } as const;

const rasters = [waves(13, 9, 21), waves(5, 24, 22), waves(32, 32, 23)];
const straights = rasters.map(({ width, height }, index) => waves(width, height, 31 + index, false));

/** 1/256 pixel, as a compositor's rectangles are told in; whole ones half of the time. */
function coordinate(least: number, most: number): fc.Arbitrary<number> {
  const fine = fc.integer({ min: least * 256, max: most * 256 }).map((value) => value / 256);
  return fc.oneof(fc.integer({ min: least, max: most }), fine);
}

export const place: fc.Arbitrary<Box> = fc.record({
  x: coordinate(-8, size.width),
  y: coordinate(-8, size.height),
  width: coordinate(0, size.width + 10),
  height: coordinate(0, size.height + 10),
});

const part = fc.integer({ min: 0, max: 255 }).map((level) => level / 255);
/** Opaque half of the time. */
const opacity = fc.oneof(fc.constant(1), part);

export const colour: fc.Arbitrary<DrawnColour> = fc.record({
  colour: fc.tuple(part, part, part, opacity).map(([red, green, blue, alpha]) => {
    return [red * alpha, green * alpha, blue * alpha, alpha] as const;
  }),
  to: place,
  opacity,
});

const picture: fc.Arbitrary<Drawing> = fc
  .record({
    index: fc.nat(rasters.length - 1),
    to: place,
    isPart: fc.boolean(),
    transform: fc.constantFrom(...transforms),
    filter: fc.constantFrom(...filters),
    alpha: fc.oneof(fc.constant('opaque' as const), fc.constantFrom(...alphaModes)),
    opacity,
  })
  .map(({ index, isPart, ...how }) => {
    const raster = (how.alpha === 'premultiplied' ? rasters : straights)[index]!;
    const from = { x: 1.25, y: 2.5, width: raster.width - 3.125, height: raster.height - 4.5 };
    return isPart ? { ...how, raster, from } : { ...how, raster };
  });

export const drawing = fc.oneof(colour, picture);

export const drawings = fc.array(drawing, { maxLength: 8 });

/** Also partly outside of the target, and of no size. */
export const rectangle: fc.Arbitrary<Rectangle> = fc.record({
  x: fc.integer({ min: -6, max: size.width }),
  y: fc.integer({ min: -6, max: size.height }),
  width: fc.integer({ min: 0, max: size.width }),
  height: fc.integer({ min: 0, max: size.height }),
});
