/** Where a pointer ends up that is to stay within a shape, whatever that is like. */
import type { Point } from '../geometry.js';

/** Far below a pixel, on which shapes end. */
const near = 1 / 512;

/** `from` is inside. What leads out is cut short, one direction after the other, so that the pointer slides along an edge. */
export function confined(from: Point, to: Point, isInside: (at: Point) => boolean): Point {
  if (isInside(to)) return to;
  const x = furthest(from.x, to.x, (at) => isInside({ x: at, y: from.y }));
  const y = furthest(from.y, to.y, (at) => isInside({ x, y: at }));
  return { x, y };
}

/** Halves what is between a place inside and one outside. It ends on the last whole pixel, as Mir and wlroots have it. */
function furthest(from: number, to: number, isInside: (at: number) => boolean): number {
  if (isInside(to)) return to;
  let [inside, outside] = [from, to];
  while (Math.abs(outside - inside) > near) {
    const middle = (inside + outside) / 2;
    if (isInside(middle)) inside = middle;
    else outside = middle;
  }
  const pixel = Math.floor(inside);
  return to > from ? Math.max(from, pixel) : pixel;
}
