/** Lists of rectangles, kept short: drawing once around many costs less than drawing each. */
import type { Rectangle } from './damage.js';

/** More than this are drawn, or uploaded, as one around them. */
export const mostRectangles = 16;

/** The smallest one that holds them all; there is one or more. */
export function around(rectangles: readonly Rectangle[]): Rectangle {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of rectangles) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The part inside a picture; undefined where there is none. */
export function clipped(rectangle: Rectangle, width: number, height: number): Rectangle | undefined {
  const [x, y] = [Math.max(0, rectangle.x), Math.max(0, rectangle.y)];
  const right = Math.min(width, rectangle.x + rectangle.width);
  const bottom = Math.min(height, rectangle.y + rectangle.height);
  return right > x && bottom > y ? { x, y, width: right - x, height: bottom - y } : undefined;
}

export function isInside(inner: Rectangle, outer: Rectangle): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}
