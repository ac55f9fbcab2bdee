/** Every way in which a picture can be drawn. */
import { alphaModes, filters, transforms } from '../../../src/gl/scene.js';
import { waves } from './raster.js';
import type { DrawnRaster } from './reference.js';

/** Odd sizes, and rectangles in 1/256 that fall on no pixel's edge. */
const premultiplied = waves(17, 13, 7);
const straight = waves(17, 13, 8, false);
const target = { width: 37, height: 31 };
const places = {
  /** All of it at its own size, or nearly. */
  whole: { to: { x: 3, y: 5, width: 17, height: 13 }, from: undefined },
  enlarged: {
    to: { x: 4 + 41 / 256, y: 3 + 203 / 256, width: 26 + 90 / 256, height: 23 + 60 / 256 },
    from: { x: 2 + 77 / 256, y: 1 + 55 / 256, width: 11 + 130 / 256, height: 8 + 201 / 256 },
  },
  reduced: {
    to: { x: 10 + 13 / 256, y: 9 + 30 / 256, width: 9 + 200 / 256, height: 7 + 90 / 256 },
    from: { x: 0.25, y: 1.75, width: 16, height: 10.5 },
  },
  /** Over all four edges of the target. */
  clipped: {
    to: { x: -5 - 17 / 256, y: -3 - 40 / 256, width: 50 + 77 / 256, height: 39 + 100 / 256 },
    from: { x: 1, y: 1, width: 15, height: 11 },
  },
} as const;

export interface Combination {
  readonly name: string;
  readonly target: { readonly width: number; readonly height: number };
  readonly drawing: DrawnRaster;
}

export const combinations: readonly Combination[] = transforms.flatMap((transform) =>
  filters.flatMap((filter) =>
    alphaModes.flatMap((alpha) =>
      [1, 0.6].flatMap((opacity) =>
        Object.entries(places).map(([place, { to, from }]) => ({
          name: `${transform}, ${filter}, ${alpha}, opacity ${opacity}, ${place}`,
          target,
          drawing: {
            raster: alpha === 'premultiplied' ? premultiplied : straight,
            ...{ to, from, transform, filter, alpha, opacity },
          },
        })),
      ),
    ),
  ),
);
