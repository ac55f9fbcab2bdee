import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Rectangle } from '../../../src/buffer/index.js';
import { place, type Rules, type Side } from '../../../src/kiosk/shell/place.js';
import { enums } from '../../../src/wayland/index.js';

const { flip_x, flip_y, slide_x, slide_y, resize_x, resize_y } = enums.xdg_positioner.constraint_adjustment;
const slides = slide_x | slide_y;
const flips = flip_x | flip_y;
const resizes = resize_x | resize_y;

const head: Rectangle = { x: 0, y: 0, width: 1000, height: 800 };
const endless: Rectangle = { x: -1e6, y: -1e6, width: 2e6, height: 2e6 };
const parent: Rectangle = { x: 100, y: 100, width: 400, height: 300 };

/** A menu below a button at 20, 30 of the parent. */
const menu: Rules = {
  size: { width: 60, height: 40 },
  anchorRect: { x: 20, y: 30, width: 50, height: 10 },
  anchor: { x: -1, y: 1 },
  gravity: { x: 1, y: 1 },
  adjustment: 0,
  offset: { x: 0, y: 0 },
};

describe('a popup with room around it', () => {
  it('hangs at the corner of its anchor rectangle, to the side of its gravity', () => {
    assert.deepEqual(place(menu, parent, head), { x: 20, y: 40, width: 60, height: 40 });
    const left = place({ ...menu, gravity: { x: -1, y: -1 } }, parent, head);
    assert.deepEqual([left.x, left.y], [20 - 60, 40 - 40]);
  });

  it('stands in the middle where no side is given', () => {
    const middle = place({ ...menu, anchor: { x: 0, y: 0 }, gravity: { x: 0, y: 0 } }, parent, head);
    assert.deepEqual([middle.x, middle.y], [20 + 25 - 30, 30 + 5 - 20]);
  });

  it('is moved by its offset, as long as it touches its parent', () => {
    const moved = place({ ...menu, offset: { x: 7, y: -9 } }, parent, head);
    assert.deepEqual([moved.x, moved.y], [27, 31]);
    const far = place({ ...menu, offset: { x: 5000, y: -5000 } }, parent, head);
    assert.deepEqual([far.x, far.y], [400, -40]);
  });
});

describe('a popup without room', () => {
  const low: Rectangle = { ...parent, y: 740 };
  const right: Rectangle = { ...parent, x: 950 };

  it('stays where it is unless it may be adjusted', () => {
    assert.equal(place(menu, low, head).y, 40);
  });

  it('flips to the other side of its anchor rectangle, if there is room', () => {
    assert.equal(place({ ...menu, adjustment: flips }, low, head).y, 30 - 40);
    const tall = { ...menu, size: { width: 60, height: 790 }, adjustment: flips };
    assert.equal(place(tall, low, head).y, 40, 'there is no room above either');
  });

  it('slides until it is inside', () => {
    assert.equal(place({ ...menu, adjustment: slides }, right, head).x, 1000 - 950 - 60);
  });

  it('slides against its gravity only until its other edge would leave', () => {
    const wide = { ...menu, size: { width: 1200, height: 40 }, adjustment: slides };
    assert.equal(place(wide, right, head).x, -950, 'a gravity to the right keeps the left edge in sight');
    const toTheLeft = place({ ...wide, gravity: { x: -1, y: 1 } }, right, head);
    assert.equal(right.x + toTheLeft.x + 1200, 1000, 'a gravity to the left keeps the right edge in sight');
  });

  it('is made smaller by what is outside', () => {
    assert.deepEqual(place({ ...menu, adjustment: resizes }, low, head), { x: 20, y: 40, width: 60, height: 20 });
  });

  it('flips rather than slides, and slides rather than shrinks', () => {
    assert.equal(place({ ...menu, adjustment: flips | slides | resizes }, low, head).y, 30 - 40);
    const kept = place({ ...menu, adjustment: slides | resizes }, low, head);
    assert.deepEqual([kept.y, kept.height], [800 - 740 - 40, 40]);
  });
});

const side = fc.constantFrom<Side>(-1, 0, 1);
const sides = fc.record({ x: side, y: side });
const length = fc.integer({ min: 1, max: 1200 });
const at = fc.integer({ min: -50, max: 500 });
const anyRules = (adjustment: fc.Arbitrary<number>) =>
  fc.record({
    size: fc.record({ width: length, height: length }),
    anchorRect: fc.record({ x: at, y: at, width: fc.nat(300), height: fc.nat(300) }),
    anchor: sides,
    gravity: sides,
    adjustment,
    offset: fc.record({ x: at, y: at }),
  });
const anyParent = fc.record({
  x: fc.integer({ min: 0, max: 900 }),
  y: fc.integer({ min: 0, max: 700 }),
  width: fc.integer({ min: 1, max: 500 }),
  height: fc.integer({ min: 1, max: 500 }),
});
/** On the head. */
const onHead = (box: Rectangle, { x, y }: Rectangle) => ({ ...box, x: box.x + x, y: box.y + y });
const isInside = ({ x, y, width, height }: Rectangle) =>
  x >= 0 && y >= 0 && x + width <= head.width && y + height <= head.height;
const meetsHead = ({ x, y, width, height }: Rectangle) =>
  x < head.width && y < head.height && x + width > 0 && y + height > 0;

describe('any popup', () => {
  it('is inside of the head if it may slide and is not larger', () => {
    const rules = anyRules(fc.integer({ min: 0, max: 63 }).map((bits) => bits | slides));
    fc.assert(
      fc.property(rules, anyParent, (wish, above) => {
        fc.pre(wish.size.width <= head.width && wish.size.height <= head.height);
        assert.ok(isInside(onHead(place(wish, above, head), above)));
      }),
    );
  });

  it('is inside of the head if it may shrink, unless nothing of it is there', () => {
    const rules = anyRules(fc.integer({ min: 0, max: 63 }).map((bits) => bits | resizes));
    fc.assert(
      fc.property(rules, anyParent, (wish, above) => {
        const unshrunk = place({ ...wish, adjustment: wish.adjustment & ~resizes }, above, head);
        fc.pre(meetsHead(onHead(unshrunk, above)));
        const placed = onHead(place(wish, above, head), above);
        assert.ok(isInside(placed) && placed.width > 0 && placed.height > 0);
      }),
    );
  });

  it('is left where there is room for it, and keeps its size unless it may shrink', () => {
    fc.assert(
      fc.property(anyRules(fc.integer({ min: 0, max: 63 })), anyParent, (wish, above) => {
        const wished = place(wish, above, endless);
        const placed = place(wish, above, head);
        if (isInside(onHead(wished, above))) assert.deepEqual(placed, wished);
        if ((wish.adjustment & resize_x) === 0) assert.equal(placed.width, wish.size.width);
        if ((wish.adjustment & resize_y) === 0) assert.equal(placed.height, wish.size.height);
        if (wish.adjustment === 0) assert.deepEqual(placed, wished);
      }),
    );
  });

  it('that may only flip is on one of two sides', () => {
    const opposite = ({ x, y }: { x: Side; y: Side }) => ({ x: (0 - x) as Side, y: (0 - y) as Side });
    fc.assert(
      fc.property(anyRules(fc.constant(flips)), anyParent, (wish, above) => {
        const turned = { ...wish, anchor: opposite(wish.anchor), gravity: opposite(wish.gravity) };
        const [one, other] = [wish, turned].map((each) => place(each, above, endless));
        const { x, y } = place(wish, above, head);
        assert.ok(x === one?.x || x === other?.x);
        assert.ok(y === one?.y || y === other?.y);
      }),
    );
  });
});
