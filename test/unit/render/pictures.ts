/** Pictures, captures and arbitraries for the tests of `src/render/`. */
import fc from 'fast-check';
import { createPattern, type Capture, type PatternName, type Picture } from '../../../src/render/index.js';

/** What a buffer holds before its first frame, and what must stay in its padding. No pattern draws this colour. */
export const garbage = 0xdeadbeef;

export interface Shape {
  readonly width: number;
  readonly height: number;
  /** Pixels between the end of a row and the start of the next. */
  readonly padding: number;
}

export const shapes: fc.Arbitrary<Shape> = fc.record({
  width: fc.oneof(fc.integer({ min: 64, max: 80 }), fc.integer({ min: 81, max: 1100 })),
  height: fc.oneof(fc.integer({ min: 32, max: 40 }), fc.integer({ min: 41, max: 90 })),
  padding: fc.integer({ min: 0, max: 9 }),
});

/** Small numbers, those about the wrap of the bar code, and any. */
export const frames: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 2 ** 32 - 300, max: 2 ** 32 + 300 }),
  fc.integer({ min: 0, max: 2 ** 40 }),
);

export function newPicture({ width, height, padding }: Shape): Picture {
  const stride = width + padding;
  return { width, height, stridePixels: stride, pixels: new Uint32Array(stride * height).fill(garbage) };
}

export function drawn(name: PatternName, shape: Shape, frame: number): Picture {
  const picture = newPicture(shape);
  createPattern(name).draw(picture, frame, 0);
  return picture;
}

export function pixel(picture: Picture, x: number, y: number): number {
  return picture.pixels[y * picture.stridePixels + x] ?? NaN;
}

/** What a host would show of the picture. */
export function captureOf(picture: Picture): Capture {
  const { width, height } = picture;
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) setColour({ width, height, rgb }, x, y, pixel(picture, x, y));
  }
  return { width, height, rgb };
}

export function setColour({ width, rgb }: Capture, x: number, y: number, colour: number): void {
  rgb.set([(colour >> 16) & 0xff, (colour >> 8) & 0xff, colour & 0xff], (y * width + x) * 3);
}

/** Rows `first` up to `end` of one capture, the others of another of the same size. */
export function withRowsOf(capture: Capture, other: Capture, first: number, end: number): Capture {
  const row = capture.width * 3;
  const rgb = capture.rgb.slice();
  rgb.set(other.rgb.subarray(first * row, end * row), first * row);
  return { ...capture, rgb };
}
