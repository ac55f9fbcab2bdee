/** What is seen of a head where no client shows anything. */
import type { Pixels } from '../render/index.js';
import { inTurn, inverse, moving, scaling, turning, type Affine } from './affine.js';
import type { Placement } from './placement.js';

/** 0xRRGGBB; or a picture, which covers the head: it keeps its shape, and what is too wide or too high for that is cut off on both sides. */
export type Backdrop = number | Pixels;

/** From a pixel of the head's mode to the picture's. */
export function coverMap({ width, height }: Pixels, { geometry, logical }: Placement): Affine {
  const scale = Math.min(width / logical.width, height / logical.height);
  const seen = { width: logical.width * scale, height: logical.height * scale };
  return inTurn(
    scaling(1 / geometry.width, 1 / geometry.height),
    inverse(turning(geometry.transform)),
    scaling(seen.width, seen.height),
    moving((width - seen.width) / 2, (height - seen.height) / 2),
  );
}
