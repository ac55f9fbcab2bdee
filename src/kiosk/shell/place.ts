/** Where a popup goes: the rules of xdg_positioner as arithmetic, one axis after the other. */
import { enums } from '../../wayland/index.js';
import type { Point } from '../geometry.js';
import type { Size } from '../surface-state.js';
import type { Rectangle } from '../../buffer/index.js';

/** Towards the upper left, in the middle, towards the lower right. */
export type Side = -1 | 0 | 1;

export interface Sides {
  readonly x: Side;
  readonly y: Side;
}

export interface Rules {
  readonly size: Size;
  /** Relative to the parent's window geometry, as all that is not said to be otherwise. */
  readonly anchorRect: Rectangle;
  /** Which point of that rectangle. */
  readonly anchor: Sides;
  /** To which side of that point. */
  readonly gravity: Sides;
  /** Bits of xdg_positioner.constraint_adjustment. */
  readonly adjustment: number;
  readonly offset: Point;
}

/**
 * Where the popup's window geometry is relative to its parent's. `parent` and `bounds` are in the head's pixels: what is outside
 * of `bounds` is to be adjusted as the rules permit, by flipping, then sliding, then resizing. The unadjusted place touches the
 * parent, whatever the offset.
 */
export function place(rules: Rules, parent: Rectangle, bounds: Rectangle): Rectangle {
  const { flip_x, flip_y, slide_x, slide_y, resize_x, resize_y } = enums.xdg_positioner.constraint_adjustment;
  const may = (flip: number, slide: number, resize: number) => ({
    flips: (rules.adjustment & flip) !== 0,
    slides: (rules.adjustment & slide) !== 0,
    resizes: (rules.adjustment & resize) !== 0,
  });
  const { anchorRect, size, offset, anchor, gravity } = rules;
  const horizontal = placeOnAxis(
    { from: anchorRect.x, length: anchorRect.width, anchor: anchor.x, gravity: gravity.x },
    { size: size.width, offset: offset.x, parent: parent.width, ...may(flip_x, slide_x, resize_x) },
    { from: bounds.x - parent.x, to: bounds.x + bounds.width - parent.x },
  );
  const vertical = placeOnAxis(
    { from: anchorRect.y, length: anchorRect.height, anchor: anchor.y, gravity: gravity.y },
    { size: size.height, offset: offset.y, parent: parent.height, ...may(flip_y, slide_y, resize_y) },
    { from: bounds.y - parent.y, to: bounds.y + bounds.height - parent.y },
  );
  return { x: horizontal.at, y: vertical.at, width: horizontal.size, height: vertical.size };
}

interface Anchor {
  readonly from: number;
  readonly length: number;
  readonly anchor: Side;
  readonly gravity: Side;
}

interface Wish {
  readonly size: number;
  readonly offset: number;
  /** Length of the parent. */
  readonly parent: number;
  readonly flips: boolean;
  readonly slides: boolean;
  readonly resizes: boolean;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function placeOnAxis(anchor: Anchor, wish: Wish, range: Range): { at: number; size: number } {
  let at = unadjusted(anchor, wish);
  if (wish.flips && !fits(at, wish, range)) {
    const flipped = unadjusted({ ...anchor, anchor: opposite(anchor.anchor), gravity: opposite(anchor.gravity) }, wish);
    if (fits(flipped, wish, range)) at = flipped;
  }
  if (wish.slides) at = slid(at, anchor.gravity, wish, range);
  return wish.resizes ? cut(at, wish, range) : { at, size: wish.size };
}

function unadjusted({ from, length, anchor, gravity }: Anchor, { size, offset, parent }: Wish): number {
  const point = from + (anchor === 0 ? Math.floor(length / 2) : anchor < 0 ? 0 : length);
  const at = point + offset - (gravity === 0 ? Math.floor(size / 2) : gravity < 0 ? size : 0);
  return Math.min(Math.max(at, -size), parent);
}

function opposite(side: Side): Side {
  return side === 0 ? 0 : side < 0 ? 1 : -1;
}

function fits(at: number, { size }: Wish, { from, to }: Range): boolean {
  return at >= from && at + size <= to;
}

/** First towards the gravity, then back, until the edge in front is at the end of the range or the other one within it. */
function slid(at: number, gravity: Side, { size }: Wish, { from, to }: Range): number {
  const forwards = (start: number) => start + Math.max(0, Math.min(from - start, to - (start + size)));
  const backwards = (start: number) => start - Math.max(0, Math.min(start + size - to, start - from));
  return gravity < 0 ? forwards(backwards(at)) : backwards(forwards(at));
}

/** The part inside of the range; one that lies outside entirely stays as it is. */
function cut(at: number, { size }: Wish, { from, to }: Range): { at: number; size: number } {
  const [first, end] = [Math.max(at, from), Math.min(at + size, to)];
  return end > first ? { at: first, size: end - first } : { at, size };
}
