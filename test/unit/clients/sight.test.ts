/** What the host's pictures of a client are judged by. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Capture } from '../../../src/render/index.js';
import { another, background, filledWith, full, ofSize } from '../../clients/sight.js';

/** Of 8x6 pixels. */
function pictureOf(colourAt: (x: number, y: number) => number): Capture {
  const [width, height] = [8, 6];
  const colours = Array.from({ length: width * height }, (_, at) => colourAt(at % width, Math.floor(at / width)));
  return {
    width,
    height,
    rgb: Uint8Array.from(colours.flatMap((each) => [each >> 16, (each >> 8) & 255, each & 255])),
  };
}

const box = (left: number, top: number, right: number, bottom: number) =>
  pictureOf((x, y) => (x >= left && x < right && y >= top && y < bottom ? 0xffffff : background));

describe('a picture of a client', () => {
  it('has its size in the middle of the head', () => {
    assert.ok(ofSize(4, 2).holds(box(2, 2, 6, 4), undefined));
    assert.ok(!ofSize(4, 2).holds(box(0, 2, 4, 4), undefined), 'at the edge');
    assert.ok(!ofSize(4, 2).holds(box(2, 2, 7, 4), undefined), 'wider');
    assert.ok(!ofSize(4, 2).holds(box(0, 0, 0, 0), undefined), 'nothing');
  });

  it('fills the head with more than a colour', () => {
    assert.ok(
      full.holds(
        pictureOf((x) => x),
        undefined,
      ),
    );
    assert.ok(
      !full.holds(
        pictureOf(() => 0),
        undefined,
      ),
    );
    assert.ok(!full.holds(box(0, 0, 7, 6), undefined));
  });

  it('has enough of its colour, and is another after something was done to it', () => {
    assert.ok(filledWith(0xffffff, 0.5).holds(box(0, 0, 8, 3), undefined));
    assert.ok(!filledWith(0xffffff, 0.5).holds(box(0, 0, 8, 2), undefined));
    assert.ok(filledWith(0xfdfefd, 0.5, 2).holds(box(0, 0, 8, 3), undefined));
    assert.ok(!filledWith(0xfdfcfd, 0.5, 2).holds(box(0, 0, 8, 3), undefined));
    assert.ok(another(4).holds(box(0, 0, 4, 1), box(0, 0, 0, 0)));
    assert.ok(!another(5).holds(box(0, 0, 4, 1), box(0, 0, 0, 0)));
    assert.ok(!another(0).holds(box(0, 0, 4, 1), undefined));
  });
});
