/** A picture of the pointer, and where it goes. */
import { inTurn, inverse, isSideways, pointThrough, scaling, turning } from '../affine.js';

export interface CursorImage {
  /** Row by row, ARGB with premultiplied colours. */
  readonly pixels: Uint32Array;
  /** Pixels of the head, as if it was not turned. */
  readonly width: number;
  readonly height: number;
  /** The pixel that points; it may lie outside. */
  readonly hotX: number;
  readonly hotY: number;
}

/** What shows it: a head's hardware cursor, or whoever draws. Throws nothing: a screen without a pointer is still a screen. */
export interface CursorSink {
  show(image: CursorImage): void;
  /** Puts the pixel that points there, in the head's logical pixels. */
  move(x: number, y: number): void;
  /** Until `show`. */
  hide(): void;
}

/** Made smaller by a factor up to 1: each pixel is the mean of those that it replaces. */
export function shrunk(image: CursorImage, factor: number): CursorImage {
  if (factor >= 1) return image;
  const width = Math.max(1, Math.floor(image.width * factor));
  const height = Math.max(1, Math.floor(image.height * factor));
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      pixels[y * width + x] = mean(image, spanOf(x, width, image.width), spanOf(y, height, image.height));
  return { pixels, width, height, hotX: Math.floor(image.hotX * factor), hotY: Math.floor(image.hotY * factor) };
}

/** As a head has it whose display is turned by a `wl_output.transform`. */
export function turned(image: CursorImage, transform: number): CursorImage {
  if (transform === 0) return image;
  const { width, height } = isSideways(transform) ? { width: image.height, height: image.width } : image;
  const forth = inTurn(scaling(1 / image.width, 1 / image.height), turning(transform), scaling(width, height));
  const back = inverse(forth);
  const pixels = Uint32Array.from({ length: width * height }, (_, at) => {
    const [x, y] = pointThrough(back, (at % width) + 0.5, Math.floor(at / width) + 0.5);
    return image.pixels[Math.floor(y) * image.width + Math.floor(x)] ?? 0;
  });
  const [hotX, hotY] = pointThrough(forth, image.hotX + 0.5, image.hotY + 0.5).map(Math.floor) as [number, number];
  return { pixels, width, height, hotX, hotY };
}

/** Small enough for a cursor of `most` pixels each way. */
export function fitted(image: CursorImage, most: number): CursorImage {
  return shrunk(image, most / Math.max(image.width, image.height));
}

type Span = readonly [from: number, to: number];

/** Which of `from` pixels become the one at `at` of `to`. */
function spanOf(at: number, to: number, from: number): Span {
  const start = Math.floor((at * from) / to);
  return [start, Math.max(start + 1, Math.floor(((at + 1) * from) / to))];
}

function mean({ pixels, width }: CursorImage, [left, right]: Span, [top, bottom]: Span): number {
  const sums = [0, 0, 0, 0];
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const pixel = pixels[y * width + x] ?? 0;
      for (let byte = 0; byte < 4; byte++) sums[byte] = (sums[byte] ?? 0) + ((pixel >>> (8 * byte)) & 0xff);
    }
  const count = (right - left) * (bottom - top);
  return sums.reduce((sum, each, byte) => sum + Math.round(each / count) * 2 ** (8 * byte), 0);
}
