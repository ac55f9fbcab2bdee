/** Drawing by pixman: what is drawn where, and what is refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { native } from './support/addon.js';

const identity = [1, 0, 0, 1, 0, 0];
const black = [0, 0, 0, 1];

interface Given {
  readonly to?: readonly number[];
  readonly linear?: number;
  readonly blends?: number;
  readonly map?: readonly number[];
  readonly colour?: readonly number[];
  readonly clips?: readonly number[];
}

/** On a target of 4x3 with rows of 5 pixels. */
const numbers = ({ to = [0, 0, 4, 3], linear = 0, blends = 0, map = identity, colour = black, clips }: Given = {}) =>
  Float64Array.of(4, 3, 5, ...to, linear, blends, ...map, ...colour, ...(clips ?? [0, 0, 4, 3]));

const target = () => new Uint32Array(14).fill(0xeeeeee);
const bytes = (pixels: number[]) => new Uint8Array(Uint32Array.from(pixels).buffer);
const hex = (pixels: Uint32Array) => [...pixels].map((pixel) => (pixel & 0xffffff).toString(16).padStart(6, '0'));
const _ = 'eeeeee';

describe('paint', () => {
  it('draws a colour within its destination and the clips only', () => {
    const pixels = target();
    native.paint(pixels, numbers({ to: [1, 0, 3, 3], colour: [1, 0, 0, 1], clips: [0, 0, 2, 1, 2, 2, 2, 1] }), null);
    const red = 'ff0000';
    assert.deepEqual(hex(pixels), [_, red, _, _, _, _, _, _, _, _, _, _, red, red]);
    native.paint(pixels, numbers({ colour: [0, 0, 1, 1], clips: [] }), null);
    assert.equal(hex(pixels).includes('0000ff'), false, 'nowhere without a clip');
  });

  it('draws a part of a picture, pixel on pixel', () => {
    const pixels = target();
    native.paint(
      pixels,
      numbers({ to: [2, 1, 2, 2], map: [1, 0, 0, 1, 1, 1] }),
      bytes([1, 2, 3, 4, 5, 6, 7, 8, 9]),
      3,
      3,
      12,
      false,
    );
    const at = (value: number) => value.toString(16).padStart(6, '0');
    assert.deepEqual(hex(pixels).slice(5), [_, _, at(5), at(6), _, _, _, at(8), at(9)]);
  });

  it('blends premultiplied alpha, and passes over alpha that is none', () => {
    const source = bytes(Array<number>(12).fill(0x80_40_00_00));
    const drawn = (hasAlpha: boolean) => {
      const pixels = target().fill(0xffffff);
      native.paint(pixels, numbers({ blends: 1 }), source, 4, 3, 16, hasAlpha);
      return hex(pixels)[0];
    };
    assert.deepEqual([drawn(true), drawn(false)], ['bf7f7f', '400000']);
  });

  it('scales, and mixes nothing in from beside the part that is shown', () => {
    const pixels = target();
    const source = bytes([0xff0000, 0x00ff00, 0x0000ff]);
    native.paint(pixels, numbers({ linear: 1, map: [0.25, 0, 0, 1 / 3, 1, 0] }), source, 3, 1, 12, false);
    assert.deepEqual(new Set([...hex(pixels).slice(0, 4), ...hex(pixels).slice(10)]), new Set(['00ff00']));
  });

  it('draws nothing of a picture that the map does not meet', () => {
    const pixels = target();
    native.paint(pixels, numbers({ map: [0.5, 0, 0, 0.5, 100, 100] }), bytes([1]), 1, 1, 4, false);
    assert.deepEqual(new Set(hex(pixels)), new Set([_]));
  });

  const source = bytes([1, 2, 3, 4]);
  const refused: [what: string, call: () => void][] = [
    ['no target', () => native.paint(null as never, numbers(), null)],
    ['a target of another kind', () => native.paint(new Uint8Array(100) as never, numbers(), null)],
    ['a target that is too short', () => native.paint(new Uint32Array(13), numbers(), null)],
    ['numbers of another kind', () => native.paint(target(), [...numbers()] as never, null)],
    ['too few numbers', () => native.paint(target(), numbers().subarray(0, 18), null)],
    ['half a clip', () => native.paint(target(), numbers({ clips: [0, 0] }), null)],
    ['too many clips', () => native.paint(target(), numbers({ clips: Array<number>(4 * 4097).fill(0) }), null)],
    ['a clip outside', () => native.paint(target(), numbers({ clips: [2, 0, 3, 1] }), null)],
    ['a size that is none', () => native.paint(target(), numbers({ to: [0, 0, -1, 3] }), null)],
    ['a place between pixels', () => native.paint(target(), numbers({ to: [0.5, 0, 1, 3] }), null)],
    ['a NaN', () => native.paint(target(), numbers({ map: [NaN, 0, 0, 1, 0, 0] }), null)],
    ['a colour beyond white', () => native.paint(target(), numbers({ colour: [2, 0, 0, 1] }), null)],
    ['a source of another kind', () => native.paint(target(), numbers(), 7 as never)],
    ['a source without a size', () => native.paint(target(), numbers(), source)],
    ['a source that is too short', () => native.paint(target(), numbers(), source, 2, 3, 8, false)],
    ['rows that overlap', () => native.paint(target(), numbers(), source, 4, 1, 12, false)],
    ['pixels at odd addresses', () => native.paint(target(), numbers(), source.subarray(1), 1, 1, 4, false)],
    ['a source larger than any', () => native.paint(target(), numbers(), source, 20_000, 1, 80_000, false)],
  ];
  for (const [what, call] of refused)
    it(`refuses ${what}`, () => {
      assert.throws(call, /TypeError|RangeError/);
    });
});
